import { checksum } from '../../gateway/rig/craft/ip-packet.ts';
import { ACK, FIN, PSH, packetOf, SYN } from '../../gateway/rig/craft/segment.ts';
import { CLIENT, HTTP_NAME, SERVER } from '../gateway/network.ts';

export interface SentPacket {
  readonly name: string;
  readonly from: 'client' | 'server';
  readonly bytes: Uint8Array;
}

const HTTP = 80;
const [CLIENT_START, SERVER_START] = [1_000, 5_000];
/** As Linux writes them: MSS, SACK permitted, time stamps, window scale; then time stamps alone. */
const OPENING_OPTIONS = Uint8Array.of(2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7);
const TIME_STAMPS = Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1);

const REQUEST = Buffer.from(`GET / HTTP/1.1\r\nHost: ${HTTP_NAME}\r\nConnection: close\r\n\r\n`, 'latin1');
const ANSWER = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n`, 'latin1');
const EMPTY = new Uint8Array(0);

/** The packets of one HTTP request on a connection of its own, in their order, as two hosts of Linux send them. */
export function shortConnection(clientPort: number): readonly SentPacket[] {
  const at = { client: CLIENT_START, server: SERVER_START };
  const packet = (name: string, from: 'client' | 'server', flags: number, payload: Uint8Array = EMPTY): SentPacket => {
    const [own, others] = from === 'client' ? [at.client, at.server] : [at.server, at.client];
    const sides = { source: CLIENT, destination: SERVER, sourcePort: clientPort, destinationPort: HTTP };
    const back = { source: SERVER, destination: CLIENT, sourcePort: HTTP, destinationPort: clientPort };
    const bytes = packetOf({
      ...(from === 'client' ? sides : back),
      sequence: own,
      acknowledgment: (flags & ACK) === 0 ? 0 : others,
      flags,
      payload,
      options: (flags & SYN) === 0 ? TIME_STAMPS : OPENING_OPTIONS,
      ttl: 64,
      badChecksum: false,
    });
    at[from] += payload.length + ((flags & (SYN | FIN)) === 0 ? 0 : 1);
    return { name, from, bytes: withHeaderChecksum(bytes) };
  };
  return [
    packet('SYN', 'client', SYN),
    packet('SYN-ACK', 'server', SYN | ACK),
    packet('its acknowledgement', 'client', ACK),
    packet('the request', 'client', PSH | ACK, REQUEST),
    packet('its acknowledgement by the server', 'server', ACK),
    packet('the answer', 'server', PSH | ACK, ANSWER),
    packet('its acknowledgement by the client', 'client', ACK),
    packet("the server's FIN", 'server', FIN | ACK),
    packet("the client's FIN", 'client', FIN | ACK),
    packet('the last acknowledgement', 'server', ACK),
  ];
}

/** On a wire nobody fills in the checksum of an IPv4 header (RFC 791 §3.1). */
function withHeaderChecksum(packet: Uint8Array): Uint8Array {
  const header = packet.subarray(0, 20);
  new DataView(header.buffer, header.byteOffset).setUint16(10, checksum([header]));
  return packet;
}
