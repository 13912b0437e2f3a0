export interface PortRange {
  readonly from: number;
  /** The last port of the range, itself included. */
  readonly to: number;
}

/** The fewest ranges that hold exactly these ports, ascending. */
export function portRanges(ports: readonly number[]): readonly PortRange[] {
  const ranges: { from: number; to: number }[] = [];
  for (const port of [...new Set(ports)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to + 1 === port) last.to = port;
    else ranges.push({ from: port, to: port });
  }
  return ranges;
}
