/** Where in a frame's bytes things stand; one object is reused. Only valid after a locator answered true. */
export interface IpLocation {
  /** Index of the IP header's first byte. */
  start: number;
  /** Index of the sender's 6-byte MAC address, −1 where the link layer has none. */
  sourceMacAt: number;
}

export const NO_MAC = -1;

export function newIpLocation(): IpLocation {
  return { start: 0, sourceMacAt: NO_MAC };
}

/** Says that an IP header begins at `start`, if its version nibble agrees; `version` 0 takes either. */
export function locatedAt(bytes: Uint8Array, start: number, end: number, version: 0 | 4 | 6, out: IpLocation): boolean {
  if (start >= end) return false;
  const nibble = (bytes[start] ?? 0) >> 4;
  if (version === 0 ? nibble !== 4 && nibble !== 6 : nibble !== version) return false;
  out.start = start;
  return true;
}
