import type { StreamDissector } from './dissector.ts';
import { followMessages, type MessageHeader } from './message-header.ts';
import { more, type Never, NOT_THIS, never, type StreamMore, type StreamStep } from './outcome.ts';
import { mayEqual, mayLieWithin, unsigned } from './unsigned.ts';

const HEADER_BYTES = 16;
/** Chat messages are a few KB, a voice piece 1.5 KB; pictures and files travel elsewhere. */
const MAX_FRAME_BYTES = 4 * 1024 * 1024;

/** Operations are small numbers (6 heartbeat, 24 push, 205 identify, 253 login); no known one exceeds two bytes. */
const MAX_OPERATION = 0xffff;
/** An answer's operation is its request's plus this; clients send such numbers too (190: push received). */
const ANSWER = 1_000_000_000;

/** Three frames are more than a forged opening offers, and come within one heartbeat or two. */
const CLIENT_FRAMES = 3;
/** A server that answers one frame in kind speaks the protocol. */
const SERVER_FRAMES = 1;

const OTHER_BYTES = 'wechat-frame-followed-by-other-bytes';
const OTHER_ANSWER = 'wechat-frame-answered-by-other-bytes';
const UNKNOWN_OPERATION = never('wechat-frame-operation-unknown');

/**
 * The 16-byte header of WeChat's long connection, the same in both directions, big-endian:
 * u32 frame length with the header · u16 header length = 16 · u16 version = 1 · u32 operation · u32 sequence (any).
 * Source: the published analysis of WeChat 5's long connection; confirmed by open clients (LSilent/PyMicroChat
 * `longlink.py`). Open Mars (Tencent/mars `longlink_packer`) begins with a u32 header length of 20 and is not this.
 */
function readHeader(bytes: Uint8Array): MessageHeader | StreamMore | Never {
  const shaped =
    mayLieWithin(bytes, 0, 4, HEADER_BYTES, MAX_FRAME_BYTES) &&
    mayEqual(bytes, 4, 2, HEADER_BYTES) &&
    mayEqual(bytes, 6, 2, 1);
  if (!shaped) return NOT_THIS;
  const known =
    mayLieWithin(bytes, 8, 4, 1, MAX_OPERATION) || mayLieWithin(bytes, 8, 4, ANSWER + 1, ANSWER + MAX_OPERATION);
  if (!known) return UNKNOWN_OPERATION;
  if (bytes.length < HEADER_BYTES) return more(bytes.length + 1);
  return { kind: 'header', headerBytes: HEADER_BYTES, bodyBytes: unsigned(bytes, 0, 4) - HEADER_BYTES };
}

const begin: StreamStep = (bytes) => {
  const header = readHeader(bytes);
  if (header.kind !== 'header') return header;
  return {
    kind: 'match',
    facts: { app: 'wechat-frame', operation: unsigned(bytes, 8, 4) },
    consumed: header.headerBytes,
    skip: header.bodyBytes,
    next: followMessages(readHeader, CLIENT_FRAMES - 1, OTHER_BYTES),
    answer: followMessages(readHeader, SERVER_FRAMES, OTHER_ANSWER),
  };
};

/**
 * WeChat's long connection in frames. Frames fill the stream without gaps: a heartbeat with loose bytes behind it (as
 * the published ping client sends: 16 header bytes, then six more in the same segment) is refused with
 * `wechat-frame-followed-by-other-bytes`.
 */
export const wechatFrame: StreamDissector = {
  app: 'wechat-frame',
  transport: 'tcp',
  ports: [80, 443, 8080, 14000],
  begin,
};
