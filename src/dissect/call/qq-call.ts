import type { DatagramDissector } from '../dissector.ts';
import { mayEqual } from '../unsigned.ts';
import { beginCall } from './begin-call.ts';

const FIRST_BYTES = 0x28000000;
const MIN_BYTES = 39;

const fits = (datagram: Uint8Array): boolean => datagram.length >= MIN_BYTES && mayEqual(datagram, 0, 4, FIRST_BYTES);

/**
 * QQ's voice and video calls, experimental: known from public code alone (ntop/nDPI `qq.c`, wanduow/libprotoident
 * `lpi_qq.cc`: both sides begin alike), never from a capture.
 */
export const qqCall: DatagramDissector = {
  app: 'qq-call',
  transport: 'udp',
  ports: 'any',
  begin: beginCall('qq-call', fits, fits),
};
