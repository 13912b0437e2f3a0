import { u16 } from './byte-order.ts';
import type { Packet, PacketFault } from './packet.ts';

const MIN_HEADER_BYTES = 20;
const MORE_FRAGMENTS_OR_OFFSET = 0x3fff;
const OFFSET = 0x1fff;

/** RFC 791 §3.1. A later fragment carries no ports; of the first one the ports are still read. */
export function readIpv4(bytes: Uint8Array, start: number, end: number, into: Packet): PacketFault | null {
  const headerBytes = ((bytes[start] ?? 0) & 15) * 4;
  if (headerBytes < MIN_HEADER_BYTES || start + headerBytes > end) return 'packet-malformed';
  // A sender with segmentation offload may leave 0 for its own capture to see: then the capture's length counts.
  const totalLength = u16(bytes, start + 2) || end - start;
  if (totalLength < headerBytes) return 'packet-malformed';
  into.version = 4;
  into.addressLength = 4;
  into.sourceAt = start + 12;
  into.destinationAt = start + 16;
  into.transportAt = start + headerBytes;
  into.end = start + totalLength;
  into.protocol = bytes[start + 9] ?? 0;
  const fragment = u16(bytes, start + 6);
  if ((fragment & MORE_FRAGMENTS_OR_OFFSET) === 0) return null;
  if ((fragment & OFFSET) !== 0) into.transportAt = end;
  return 'packet-fragment';
}
