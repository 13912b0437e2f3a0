import { bigEndian, nfnetlinkMessage } from './netlink-message.ts';
import {
  BUFFER_INFO,
  CHECKSUM_NOT_READY,
  HARDWARE_ADDRESS,
  IN_INDEX,
  MARK,
  OUT_INDEX,
  PACKET_HEADER,
  PACKET_MESSAGE,
  PAYLOAD,
  PRIORITY,
} from './packet-message.ts';
import type { QueuedPacket } from './queued-packet.ts';

type Told = Pick<
  QueuedPacket,
  'id' | 'mark' | 'priority' | 'protocol' | 'hook' | 'inIndex' | 'outIndex' | 'checksumReady'
>;

/**
 * The message by which the kernel hands over a packet, with what it tells of one that is forwarded, in its order.
 * @param hardwareAddress the sender's, 6 bytes.
 */
export function writtenPacketMessage(told: Told, hardwareAddress: Uint8Array, payload: Uint8Array): Uint8Array {
  const { id, mark, priority, protocol, hook, inIndex, outIndex, checksumReady } = told;
  return nfnetlinkMessage({ type: PACKET_MESSAGE, flags: 0, sequence: 0, resource: 0 }, [
    { type: PACKET_HEADER, value: Uint8Array.of(...bigEndian(id), protocol >>> 8, protocol & 0xff, hook) },
    { type: IN_INDEX, value: bigEndian(inIndex) },
    { type: OUT_INDEX, value: bigEndian(outIndex) },
    { type: MARK, value: bigEndian(mark) },
    { type: PRIORITY, value: bigEndian(priority) },
    { type: HARDWARE_ADDRESS, value: Uint8Array.of(0, hardwareAddress.length, 0, 0, ...hardwareAddress, 0, 0) },
    ...(checksumReady ? [] : [{ type: BUFFER_INFO, value: bigEndian(CHECKSUM_NOT_READY) }]),
    { type: PAYLOAD, value: payload },
  ]);
}
