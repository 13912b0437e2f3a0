import { type Fault, fault, isFault } from './fault.ts';

export interface PortRange {
  /** Null: TCP and UDP alike, as far as the rule's protocols use them. */
  readonly transport: 'tcp' | 'udp' | null;
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
}

const HIGHEST = 65_535;
/** How many there are, with 0, which no rule can name. */
export const PORTS = HIGHEST + 1;
const FORM = /^(?:(tcp|udp)\/)?(\d{1,6})(?:-(\d{1,6}))?$/;

/** `443`, `5000-5010`, `tcp/5222`, `udp/5000-5010`. */
export function parsePorts(written: string | number): PortRange | Fault {
  const parts = FORM.exec(String(written));
  if (parts === null) {
    return fault(
      `"${written}" is not a port`,
      'write a number (443), a range (5000-5010) or one of these after tcp/ or udp/',
    );
  }
  const [, transport, from, to] = parts;
  const first = Number(from);
  const last = to === undefined ? first : Number(to);
  if (first < 1 || last > HIGHEST || first > HIGHEST)
    return fault(`port ${written} does not exist`, 'ports go from 1 to 65535');
  if (last < first) return fault(`the range ${written} is empty`, `write the smaller port first: ${last}-${first}`);
  return { transport: transport === 'tcp' || transport === 'udp' ? transport : null, first, last };
}

/** As an owner would write it. */
export function formatPorts(range: PortRange): string {
  const ports = range.first === range.last ? `${range.first}` : `${range.first}-${range.last}`;
  return range.transport === null ? ports : `${range.transport}/${ports}`;
}

export function covers(ranges: readonly PortRange[], transport: 'tcp' | 'udp', port: number): boolean {
  for (const range of ranges) {
    if (port >= range.first && port <= range.last && (range.transport === null || range.transport === transport))
      return true;
  }
  return false;
}

/** @throws TypeError for text that is no port; for ports that stand in the code. */
export function knownPorts(...written: readonly (string | number)[]): readonly PortRange[] {
  return written.map((one) => {
    const range = parsePorts(one);
    if (isFault(range)) throw new TypeError(range.message);
    return range;
  });
}
