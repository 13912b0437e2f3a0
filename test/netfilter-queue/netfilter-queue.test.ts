import { constants } from 'node:os';
import { beforeEach, describe, expect, it } from 'vitest';
import { NetfilterQueue } from '../../src/netfilter-queue/index.ts';
import { connectFake, kernel, resetKernel } from './fake-netlink-socket.ts';
import { big16, big32, decodeMessages, encodeAnswer, encodeMessage, encodePacketMessage } from './netlink-encoding.ts';

const packet = (id: number) =>
  encodePacketMessage([
    { type: 1, value: [...big32(id), ...big16(0x0800), 2] },
    { type: 10, value: [0x45, id] },
  ]);
const PROBED = encodeAnswer(1, 0);
const BOUND = encodeAnswer(2, 0);
const OPTIONS = {
  queue: 5,
  copyRangeBytes: 100,
  maxLength: 10,
  gso: true,
  failOpen: false,
  receiveBufferBytes: 1000,
  receiveTimeoutMs: 10,
  batch: 4,
};

function opened(...receives: (Uint8Array[] | number)[]): NetfilterQueue {
  kernel.receives.push([PROBED], [BOUND], ...receives);
  const queue = NetfilterQueue.open(OPTIONS, connectFake);
  kernel.sent.length = 0;
  return queue;
}

/** Every verdict sent so far: its attributes as one line. */
function verdicts(): string[] {
  return kernel.sent.flatMap((bytes) =>
    decodeMessages(bytes).map(({ attributes }) => attributes.map(({ value }) => value.join('.')).join(' mark ')),
  );
}

const ids = (queue: NetfilterQueue, count: number) =>
  Array.from({ length: count }, (_, index) => queue.packet(index).id);

beforeEach(resetKernel);

describe('opening', () => {
  it.each([
    ['not-permitted', [[encodeAnswer(1, constants.errno.EPERM)]]],
    ['no-kernel-support', [[encodeAnswer(1, constants.errno.EINVAL)]]],
    ['queue-taken', [[PROBED], [encodeAnswer(2, constants.errno.EPERM)]]],
    ['system-call-failed', [[PROBED]]],
  ])('is %s by the answer it comes from', (code, receives) => {
    kernel.receives.push(...receives);
    expect(() => NetfilterQueue.open(OPTIONS, connectFake)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ['before', [[packet(1), BOUND, packet(2)]], [1, 2]],
    ['instead of', [[packet(1)]], [1]],
  ])('keeps the packets that come %s its answer for the first receive', (_, receives, expected) => {
    kernel.receives.push([PROBED], ...receives, [packet(3)]);
    const queue = NetfilterQueue.open(OPTIONS, connectFake);
    expect(ids(queue, queue.receive())).toEqual(expected);
    expect(ids(queue, queue.receive())).toEqual([3]);
    expect(queue.counters.received).toBe(expected.length + 1);
  });
});

describe('receiving', () => {
  it('gives the packets in order and says whether there may be more', () => {
    const queue = opened([packet(1), packet(2), packet(3), packet(4)], [packet(5)]);
    expect(ids(queue, queue.receive())).toEqual([1, 2, 3, 4]);
    expect(queue.drained).toBe(false);
    expect(ids(queue, queue.receive())).toEqual([5]);
    expect(queue.drained).toBe(true);
    expect(queue.receive()).toBe(0);
  });

  it('waits unless told not to', () => {
    const queue = opened();
    kernel.waits.length = 0;
    queue.receive();
    queue.receive(false);
    expect(kernel.waits).toEqual([true, false]);
  });

  it('shows no packet beyond the batch', () => {
    const queue = opened([packet(1), packet(2)], [packet(3)]);
    queue.receive();
    queue.receive();
    expect(() => queue.packet(1)).toThrow(RangeError);
  });

  it('skips and counts what is no whole packet, and drops it where it can be named', () => {
    const short = packet(9).subarray(0, 33);
    const queue = opened([packet(1), short, Uint8Array.of(1, 2, 3), packet(2)], [encodeMessage(3, 0, [])]);
    expect(ids(queue, queue.receive())).toEqual([1, 2]);
    expect(queue.receive()).toBe(0);
    expect(queue.counters).toMatchObject({ received: 2, malformed: 3, dropped: 1 });
    expect(verdicts()).toEqual(['0.0.0.0.0.0.0.9']);
  });

  it('counts an overflow and a refused verdict, and goes on', () => {
    const queue = opened(-constants.errno.ENOBUFS, [encodeAnswer(0, constants.errno.ENOENT), packet(1)]);
    expect(queue.receive()).toBe(0);
    expect(queue.drained).toBe(false);
    expect(ids(queue, queue.receive())).toEqual([1]);
    expect(queue.counters).toMatchObject({ overflows: 1, refusedVerdicts: 1, malformed: 0 });
  });

  it('throws when the socket is broken or closed', () => {
    const queue = opened(-constants.errno.EBADF);
    expect(() => queue.receive()).toThrow(expect.objectContaining({ code: 'system-call-failed' }));
    queue.close();
    expect(() => queue.receive()).toThrow(expect.objectContaining({ code: 'closed' }));
  });
});

describe('verdicts', () => {
  it('are sent together, at the latest by the next receive', () => {
    const queue = opened();
    queue.accept(1);
    queue.accept(2, 0xff000000);
    queue.drop(3);
    expect(kernel.sent).toHaveLength(0);
    queue.receive();
    expect(kernel.sent).toHaveLength(1);
    expect(verdicts()).toEqual(['0.0.0.1.0.0.0.1', '0.0.0.1.0.0.0.2 mark 255.0.0.0', '0.0.0.0.0.0.0.3']);
    expect(queue.counters).toMatchObject({ accepted: 2, dropped: 1 });
  });

  it('that repeat carry a mark and a priority', () => {
    const queue = opened();
    queue.repeat(9, 0x01020304, 0xf0000001);
    queue.flush();
    const [message] = decodeMessages(kernel.sent[0] ?? new Uint8Array(0));
    expect(message?.attributes).toEqual([
      { type: 2, value: [0, 0, 0, 4, 0, 0, 0, 9] },
      { type: 3, value: [1, 2, 3, 4] },
      { type: 21, value: [0xf0, 0, 0, 1] },
    ]);
    expect(queue.counters).toMatchObject({ accepted: 1 });
  });

  it('are sent when there is no room for one more', () => {
    const queue = opened();
    for (let id = 1; id <= 9; id += 1) queue.accept(id, 0);
    expect(verdicts()).toHaveLength(8);
    queue.flush();
    expect(verdicts()).toHaveLength(9);
  });

  it('the kernel does not take are sent again; those there is no room for are counted as lost', () => {
    const queue = opened();
    kernel.sendError = constants.errno.ENOBUFS;
    for (let id = 1; id <= 10; id += 1) queue.accept(id, 0);
    expect(queue.flush()).toBe(false);
    expect(queue.counters).toMatchObject({ sendFailures: 3, lostVerdicts: 2 });
    kernel.sendError = 0;
    expect(queue.flush()).toBe(true);
    expect(verdicts()).toHaveLength(8);
  });

  it('still buffered are sent on closing, before the queue is given back', () => {
    const queue = opened();
    queue.accept(1);
    queue.close();
    queue.close();
    expect(kernel.sent.flatMap(decodeMessages).map(({ type }) => type)).toEqual([0x0301, 0x0302]);
  });
});
