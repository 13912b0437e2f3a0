import type { StreamDissector } from './dissector.ts';
import { followMessages, type ReadHeader } from './message-header.ts';
import { more, NOT_THIS, type StreamStep } from './outcome.ts';
import { mayEqual, mayLieWithin, unsigned } from './unsigned.ts';

const MAGIC = 0xab;
/** The magic byte and the length; what the rest of a message's header means is not known. */
const HEADER_BYTES = 5;

/** The answers known, 41 and 53 bytes long, are 25 bytes and one or two short key-value pairs. */
const MIN_MESSAGE_BYTES = 25;
/** Every opening request known is shorter than 1 KiB: it names a file, the file's bytes come later. */
const MAX_OPENING_BYTES = 1023;
/** A whole picture or video may be one answer; none known reaches 32 MiB. */
const MAX_MESSAGE_BYTES = 0x1ffffff;

/** A file's name, and two pieces of it. */
const CLIENT_MESSAGES = 3;
const SERVER_MESSAGES = 1;

/** u8 0xab · u32 length of the whole message, big-endian · … */
function readHeader(maxBytes: number): ReadHeader {
  return (bytes) => {
    const shaped = mayEqual(bytes, 0, 1, MAGIC) && mayLieWithin(bytes, 1, 4, MIN_MESSAGE_BYTES, maxBytes);
    if (!shaped) return NOT_THIS;
    if (bytes.length < HEADER_BYTES) return more(bytes.length + 1);
    return { kind: 'header', headerBytes: HEADER_BYTES, bodyBytes: unsigned(bytes, 1, 4) - HEADER_BYTES };
  };
}

const readOpening = readHeader(MAX_OPENING_BYTES);
const readMessage = readHeader(MAX_MESSAGE_BYTES);

const begin: StreamStep = (bytes) => {
  const header = readOpening(bytes);
  if (header.kind !== 'header') return header;
  return {
    kind: 'match',
    facts: { app: 'wechat-media' },
    consumed: header.headerBytes,
    skip: header.bodyBytes,
    next: followMessages(readMessage, CLIENT_MESSAGES - 1, 'wechat-media-followed-by-other-bytes'),
    answer: followMessages(readMessage, SERVER_MESSAGES, 'wechat-media-answered-by-other-bytes'),
  };
};

/**
 * WeChat's transfer of pictures, voice and files on bare TCP. Known from public code alone (wanduow/libprotoident
 * `lpi_wechat.cc`: magic, length, sizes), never from a capture: that the length covers the whole message, and that
 * the next message follows it without a gap, is inferred from the sizes given there.
 */
export const wechatMedia: StreamDissector = {
  app: 'wechat-media',
  transport: 'tcp',
  ports: [80, 443, 8080, 14000],
  begin,
};
