import { constants } from 'node:os';
import { beforeEach, expect, it, vi } from 'vitest';
import { HandshakeWatch } from '../../src/capture/handshake-watch.ts';
import { HandshakeNotes } from '../../src/flow/handshake-notes.ts';
import { NetfilterLog } from '../../src/netfilter-queue/index.ts';
import { keyOf } from '../flow/key-of.ts';
import { kernel, resetKernel } from '../netfilter-queue/fake-netlink-socket.ts';
import { encodeAnswer, encodeLogMessage } from '../netfilter-queue/netlink-encoding.ts';
import { buildPacket, type PacketParts } from '../packet/build-packet.ts';

vi.mock('../../src/netfilter-queue/netlink-socket.ts', async (original) => ({
  ...(await original<typeof import('../../src/netfilter-queue/netlink-socket.ts')>()),
  NetlinkSocket: (await import('../netfilter-queue/fake-netlink-socket.ts')).FakeNetlinkSocket,
}));

const SEED = 7;
const BATCH = 2;
const FAMILIES = {
  IPv4: { source: '203.0.113.5', destination: '10.0.0.2' },
  IPv6: { source: '2001:db8::5', destination: 'fd00::2' },
} as const;

function hashOf({ source, destination, ...more }: PacketParts): number {
  return keyOf({ sourcePort: 80, destinationPort: 40_000, ...more, source, destination }, SEED).hash;
}

/** What the kernel copies of a segment that acknowledges `start`. */
function copy(start: number, more: Partial<PacketParts> = {}): Uint8Array {
  const parts = { ...FAMILIES.IPv4, sourcePort: 80, destinationPort: 40_000, flags: 'SA', acknowledgement: start };
  return encodeLogMessage([{ type: 9, value: [...buildPacket({ ...parts, ...more })] }]);
}

function watch(memory = HandshakeNotes.memory()): HandshakeWatch {
  kernel.receives.push([encodeAnswer(1, 0)]);
  const log = NetfilterLog.open({ group: 0, copyRangeBytes: 160, receiveBufferBytes: 1_000, batch: BATCH });
  return new HandshakeWatch(log, new HandshakeNotes(memory), SEED);
}

const HASH = hashOf(FAMILIES.IPv4);

beforeEach(resetKernel);

it.each(Object.entries(FAMILIES))('over %s a stream starts where the copy of the SYN-ACK says', (_, ends) => {
  const handshakes = watch();
  kernel.receives.push([copy(0xfffffff0, ends)]);
  handshakes.read();
  expect(handshakes.startOf(hashOf(ends))).toBe(0xfffffff0);
});

it('what was copied before packets came is read when the first of them asks, and nobody need ask', () => {
  const handshakes = watch();
  kernel.receives.push([copy(1_000)]);
  expect(handshakes.startOf(HASH)).toBeNull();
  handshakes.packetsCame();
  expect(handshakes.startOf(HASH)).toBe(1_000);
});

it('nothing is known of a flow whose SYN-ACK was not copied', () => {
  const handshakes = watch();
  kernel.receives.push([copy(5, { destinationPort: 40_001 })]);
  handshakes.read();
  expect(handshakes.startOf(HASH)).toBeNull();
});

it('a newer copy takes the place of the note', () => {
  const handshakes = watch();
  kernel.receives.push([copy(1_000)]);
  handshakes.read();
  kernel.receives.push([copy(2_000)]);
  handshakes.read();
  expect(handshakes.startOf(HASH)).toBe(2_000);
});

it('after copies were lost nothing is known that was noted before', () => {
  const handshakes = watch();
  kernel.receives.push([copy(1_000)]);
  handshakes.read();
  kernel.receives.push(-constants.errno.ENOBUFS, [copy(2_000, { destinationPort: 40_001 })]);
  handshakes.read();
  expect(handshakes.startOf(HASH)).toBeNull();
});

it('all that waits is read, however many batches that takes, and the newest counts', () => {
  const handshakes = watch();
  kernel.receives.push([copy(1), copy(2)], [copy(3), copy(4)], [copy(5)]);
  handshakes.read();
  expect(handshakes.startOf(HASH)).toBe(5);
});

it.each([
  ['a SYN', { flags: 'S' }],
  ['an acknowledgement', { flags: 'A' }],
  ['a SYN-ACK that ends the connection', { flags: 'SAF' }],
  ['a SYN-ACK that refuses it', { flags: 'SAR' }],
  ['a datagram', { protocol: 17 }],
  ['a packet that is cut short', { lengthField: 30 }],
])('%s says nothing', (_, more) => {
  const handshakes = watch();
  kernel.receives.push([copy(1_000), copy(2_000, more)]);
  handshakes.read();
  expect(handshakes.startOf(HASH)).toBe(1_000);
});

it('what one thread has read another knows', () => {
  const memory = HandshakeNotes.memory();
  const [one, other] = [watch(memory), watch(memory)];
  kernel.receives.push([copy(1_000)]);
  one.read();
  expect(other.startOf(HASH)).toBe(1_000);
});
