import { type DatagramStep, FREE, never } from './outcome.ts';

/**
 * Reads `datagrams` (at least 1) datagrams of one direction, each of which has to keep `fits`, and then leaves the
 * direction free; any other is answered with `never(otherDatagram)`.
 */
export function followDatagrams(
  fits: (datagram: Uint8Array) => boolean,
  datagrams: number,
  otherDatagram: string,
): DatagramStep {
  return (datagram) => {
    if (!fits(datagram)) return never(otherDatagram);
    const next = datagrams > 1 ? followDatagrams(fits, datagrams - 1, otherDatagram) : FREE;
    return { kind: 'match', facts: null, next };
  };
}
