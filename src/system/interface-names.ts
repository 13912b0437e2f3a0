import { readdirSync, readFileSync } from 'node:fs';

const DEVICES = '/sys/class/net';
/** An interface that comes back (a restarted access point) has a new index; what is not there is asked for again. */
const RETRY_MS = 1_000;

/** Interface indexes to names, as the kernel lists them in this network namespace; remembered. */
export class InterfaceNames {
  #names = new Map<number, string>();
  #readAtMs = Number.NEGATIVE_INFINITY;
  readonly #monotonicMs: () => number;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  nameOf(index: number): string | null {
    const known = this.#names.get(index);
    if (known !== undefined || index === 0) return known ?? null;
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#readAtMs < RETRY_MS) return null;
    this.#readAtMs = nowMs;
    this.#names = new Map(listInterfaces().map(({ index, name }) => [index, name]));
    return this.#names.get(index) ?? null;
  }
}

export interface NetworkInterface {
  readonly name: string;
  readonly index: number;
}

/** Every interface of this network namespace; none where the kernel does not tell. */
export function listInterfaces(): readonly NetworkInterface[] {
  try {
    return readdirSync(DEVICES).flatMap((name) => {
      const index = readIndex(name);
      return index === null ? [] : [{ name, index }];
    });
  } catch {
    return [];
  }
}

function readIndex(name: string): number | null {
  try {
    return Number.parseInt(readFileSync(`${DEVICES}/${name}/ifindex`, 'latin1'), 10);
  } catch {
    return null;
  }
}
