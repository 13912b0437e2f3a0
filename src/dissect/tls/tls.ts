import type { StreamDissector } from '../dissector.ts';
import { firstHello } from './client-flight.ts';

/**
 * TLS 1.0 to 1.3 from its ClientHello to the server's first answer. Where the server asks for a second hello, that
 * is read too and must ask for the same name. SSL 2 and 3 are not this protocol.
 */
export const tls: StreamDissector = { app: 'tls', transport: 'tcp', ports: 'any', begin: firstHello };
