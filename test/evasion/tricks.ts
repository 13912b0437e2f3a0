import { DATAGRAM_TRICKS } from './datagram-tricks.ts';
import { FORGED_CHAT_TRICKS } from './forged-chat-tricks.ts';
import { HTTP_TRICKS } from './http-tricks.ts';
import { OTHER_PROTOCOL_TRICKS } from './other-protocol-tricks.ts';
import { SEGMENT_TRICKS } from './segment-tricks.ts';
import { TLS_TRICKS } from './tls-tricks.ts';
import type { Trick } from './trick.ts';

/**
 * Every known way to get something through that is not a chat, and every odd way in which a chat may come.
 *
 * What no gateway can tell is not among them: a tunnel inside TLS under a chat's name, or inside the body of a request
 * to a chat's host, looks from outside like the chat whose name it borrows.
 */
export const TRICKS: readonly (readonly [about: string, tricks: readonly Trick[]])[] = [
  ['segments', SEGMENT_TRICKS],
  ['TLS', TLS_TRICKS],
  ['HTTP', HTTP_TRICKS],
  ['forged chats', FORGED_CHAT_TRICKS],
  ['datagrams', DATAGRAM_TRICKS],
  ['other protocols', OTHER_PROTOCOL_TRICKS],
];

export function nameOf(trick: Trick): string {
  return `${trick.name}, ${trick.transport.toUpperCase()} ${trick.port}`;
}
