import type { Endpoint } from '../../src/classify/decision.ts';
import type { Facts } from '../../src/dissect/facts.ts';

/** Documentation addresses (RFC 5737). */
export const SOMEWHERE = Uint8Array.of(192, 0, 2, 1);

export function tcp(port: number, address: Uint8Array = SOMEWHERE): Endpoint {
  return { transport: 'tcp', port, address };
}

export function udp(port: number, address: Uint8Array = SOMEWHERE): Endpoint {
  return { transport: 'udp', port, address };
}

export const tls = (name: string | null): Facts => ({ app: 'tls', name, ech: false });
export const quic = (name: string | null): Facts => ({ app: 'quic', name, ech: false });
export const http = (name: string, path = '/'): Facts => ({ app: 'http', name, method: 'GET', path });
export const mmtlsHttp = (name: string | null): Facts => ({ app: 'mmtls-http', name });
export const dns = (name: string): Facts => ({ app: 'dns', name, type: 1 });
