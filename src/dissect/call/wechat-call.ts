import type { DatagramDissector } from '../dissector.ts';
import { beginCall } from './begin-call.ts';

/** `d1 0a LL 0a`: the third byte grows with the datagram's length. */
const HEARTBEATS_UP: readonly number[] = [0x1d, 0x1e, 0x2c, 0x2d, 0x2e];
const HEARTBEATS_DOWN: readonly number[] = [0x29, 0x2a, 0x2b, 0x2d];
/** How much longer than its third byte says a heartbeat may be: nothing known tells; its head and a short tail. */
const HEARTBEAT_SLACK_BYTES = 64;

/** Sound and pictures: the first byte and the lengths it comes in. */
const MEDIA_BYTES: Readonly<Record<number, readonly number[]>> = {
  [0xa1]: [75, 92],
  [0xa3]: [95, 96],
  [0xd5]: [89, 90, 91, 103, 104],
  [0xd6]: [200],
};

function isHeartbeat(datagram: Uint8Array, lengths: readonly number[]): boolean {
  const length = datagram[2] ?? 0;
  return (
    datagram[0] === 0xd1 &&
    datagram[1] === 0x0a &&
    datagram[3] === 0x0a &&
    lengths.includes(length) &&
    datagram.length >= length &&
    datagram.length <= length + HEARTBEAT_SLACK_BYTES
  );
}

function isMedia(datagram: Uint8Array): boolean {
  const [kind = 0, second] = datagram;
  if (kind === 0xa1 && second !== 0x08) return false;
  return MEDIA_BYTES[kind]?.includes(datagram.length) ?? false;
}

/**
 * WeChat's voice and video calls, experimental: known from public code alone (wanduow/libprotoident
 * `lpi_wechat_udp.cc`), never from a capture.
 */
export const wechatCall: DatagramDissector = {
  app: 'wechat-call',
  transport: 'udp',
  ports: 'any',
  begin: beginCall(
    'wechat-call',
    (datagram) => isHeartbeat(datagram, HEARTBEATS_UP) || isMedia(datagram),
    (datagram) => isHeartbeat(datagram, HEARTBEATS_DOWN) || isMedia(datagram),
  ),
};
