import { TCP } from '../packet/protocol-number.ts';

const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
const TCP_HEADER_BYTES = 20;

/** Set aside for documentation (RFC 5737, RFC 3849). */
const SERVER = { 4: [192, 0, 2, 1], 6: [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] } as const;
/**
 * Where clients' addresses begin, which hosts take no packet from: "this network" (RFC 1122 §3.2.1.3) and the groups
 * of multicast (RFC 4291 §2.7).
 */
const CLIENT = { 4: [0], 6: [0xff] } as const;

export interface MadeUpEnds {
  readonly version: 4 | 6;
  /** Which client, 0 to 65535. */
  readonly client: number;
  readonly clientPort: number;
  readonly serverPort: number;
}

export interface MadeUpTcp {
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** One TCP segment of the client with its IP header, as readers of packets look at it: checksums are 0. */
export function madeUpSegment(
  { version, client, clientPort, serverPort }: MadeUpEnds,
  { sequence, acknowledgement, flags, payload }: MadeUpTcp,
): Uint8Array {
  const ipBytes = version === 4 ? IPV4_HEADER_BYTES : IPV6_HEADER_BYTES;
  const bytes = new Uint8Array(ipBytes + TCP_HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  const server = SERVER[version];
  const serverAt = ipBytes - server.length;
  bytes.set(CLIENT[version], serverAt - server.length);
  view.setUint16(serverAt - 2, client);
  bytes.set(server, serverAt);
  if (version === 4) {
    bytes[0] = 0x45;
    bytes[9] = TCP;
    view.setUint16(2, bytes.length);
  } else {
    bytes[0] = 0x60;
    bytes[6] = TCP;
    view.setUint16(4, bytes.length - IPV6_HEADER_BYTES);
  }
  view.setUint16(ipBytes, clientPort);
  view.setUint16(ipBytes + 2, serverPort);
  view.setUint32(ipBytes + 4, sequence);
  view.setUint32(ipBytes + 8, acknowledgement);
  bytes[ipBytes + 12] = (TCP_HEADER_BYTES / 4) << 4;
  bytes[ipBytes + 13] = flags;
  bytes.set(payload, ipBytes + TCP_HEADER_BYTES);
  return bytes;
}
