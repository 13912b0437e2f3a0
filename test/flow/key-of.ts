import { expect } from 'vitest';
import { FlowKey } from '../../src/flow/flow-key.ts';
import { Packet, readPacket } from '../../src/packet/packet.ts';
import { buildPacket, type PacketParts } from '../packet/build-packet.ts';

/** The key of the flow a packet belongs to. */
export function keyOf(parts: PacketParts, seed = 1): FlowKey {
  const key = new FlowKey(seed);
  readInto(key, parts);
  return key;
}

export function readInto(key: FlowKey, parts: PacketParts): void {
  const packet = new Packet();
  const bytes = buildPacket(parts);
  expect(readPacket(bytes, 0, bytes.length, packet)).toBeNull();
  key.read(packet);
}
