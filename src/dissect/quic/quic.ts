import type { DatagramDissector } from '../dissector.ts';
import { firstDatagram } from './client-flight.ts';

/** QUIC versions 1 and 2, from the ClientHello in the client's Initials to the server's first answer. */
export const quic: DatagramDissector = { app: 'quic', transport: 'udp', ports: [80, 443, 8080], begin: firstDatagram };
