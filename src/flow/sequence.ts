/**
 * Where a 32-bit sequence number stands in a stream, as an offset from its first byte that never wraps (exact up
 * to 2^53): of the numbers that fit, the one nearest to the offset `near` (RFC 9293 §3.4).
 */
export function offsetNear(sequence: number, origin: number, near: number): number {
  return near + ((sequence - origin - near) | 0);
}
