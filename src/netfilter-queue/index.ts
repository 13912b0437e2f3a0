export type { Counters } from './counters.ts';
export { errorName, NetfilterQueueError, type NetfilterQueueErrorCode } from './error.ts';
export { NetfilterQueue } from './netfilter-queue.ts';
export {
  type Attribute,
  bigEndian,
  NLM_F_ACK,
  NLM_F_REQUEST,
  nested,
  nfnetlinkMessage,
} from './netlink-message.ts';
export type { QueueSocket } from './netlink-socket.ts';
export { requestNfnetlink } from './nfnetlink-request.ts';
export type { QueueOptions } from './options.ts';
export { type QueueStatus, readQueueStatus } from './queue-status.ts';
export type { QueuedPacket } from './queued-packet.ts';
export { ReceiveArena } from './receive-arena.ts';
export { writtenPacketMessage } from './written-packet-message.ts';
