export type { Counters } from './counters.ts';
export { NetfilterQueueError, type NetfilterQueueErrorCode } from './error.ts';
export type { LoggedPacket } from './log-message.ts';
export { type LogOptions, NetfilterLog } from './netfilter-log.ts';
export { NetfilterQueue } from './netfilter-queue.ts';
export type { QueueOptions } from './options.ts';
export { type QueueStatus, readQueueStatus } from './queue-status.ts';
export type { QueuedPacket } from './queued-packet.ts';
