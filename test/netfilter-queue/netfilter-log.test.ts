import { constants } from 'node:os';
import { beforeEach, expect, it, vi } from 'vitest';
import { NetfilterLog } from '../../src/netfilter-queue/index.ts';
import { bindLogMessage } from '../../src/netfilter-queue/log-message.ts';
import { kernel, resetKernel } from './fake-netlink-socket.ts';
import { encodeAnswer, encodeLogMessage } from './netlink-encoding.ts';

vi.mock('../../src/netfilter-queue/netlink-socket.ts', async (original) => ({
  ...(await original<typeof import('../../src/netfilter-queue/netlink-socket.ts')>()),
  NetlinkSocket: (await import('./fake-netlink-socket.ts')).FakeNetlinkSocket,
}));

const { EPERM, EBUSY, EINVAL, EOPNOTSUPP, ENOMEM, ENOBUFS } = constants.errno;
const OPTIONS = { group: 7, copyRangeBytes: 100, receiveBufferBytes: 1_000, batch: 3 };
const BOUND = encodeAnswer(1, 0);

const copy = (...payload: number[]) => encodeLogMessage([{ type: 9, value: payload }]);

function opened(...receives: (Uint8Array[] | number)[]): NetfilterLog {
  kernel.receives.push([BOUND], ...receives);
  return NetfilterLog.open(OPTIONS);
}

/** The payloads of what `poll` brings. */
function polled(log: NetfilterLog): number[][] {
  return Array.from({ length: log.poll() }, (_, index) => {
    const { bytes, start, end } = log.packet(index);
    return [...bytes.subarray(start, end)];
  });
}

beforeEach(resetKernel);

it('opening binds the group, and does not wait for copies', () => {
  opened().poll();
  expect(kernel.sent).toEqual([bindLogMessage(7, 1, 100)]);
  expect(kernel.waits).toEqual([false, false]);
});

it.each([
  ['queue-taken', EPERM],
  ['queue-taken', EBUSY],
  ['no-kernel-support', EINVAL],
  ['no-kernel-support', EOPNOTSUPP],
  ['system-call-failed', ENOMEM],
])('opening is %s when the kernel answers %i, and gives the socket back', (code, errorNumber) => {
  kernel.receives.push([encodeAnswer(1, errorNumber)]);
  expect(() => NetfilterLog.open(OPTIONS)).toThrow(expect.objectContaining({ code, errorNumber }));
  expect(kernel.closed).toEqual([3]);
});

it('opening fails when the kernel says nothing, or does not even listen', () => {
  expect(() => NetfilterLog.open(OPTIONS)).toThrow(expect.objectContaining({ code: 'system-call-failed' }));
  kernel.sendError = ENOBUFS;
  expect(() => NetfilterLog.open(OPTIONS)).toThrow(expect.objectContaining({ code: 'system-call-failed' }));
});

it('a poll brings a batch, and says whether there may be more', () => {
  const log = opened([copy(1), copy(2), copy(3)], [copy(4)]);
  expect(polled(log)).toEqual([[1], [2], [3]]);
  expect(log.drained).toBe(false);
  expect(polled(log)).toEqual([[4]]);
  expect(log.drained).toBe(true);
  expect(polled(log)).toEqual([]);
  expect(log.drained).toBe(true);
});

it('what is no copy is passed over, and what was there before is not seen again', () => {
  const log = opened([copy(1), copy(2), copy(3)], [encodeAnswer(9, 0), copy(5), Uint8Array.of(1, 2, 3)]);
  log.poll();
  expect(polled(log)).toEqual([[5]]);
  expect(() => log.packet(1)).toThrow(RangeError);
});

it('an attached log reads the socket of the one that was opened, and leaves it open', () => {
  const log = opened();
  const attached = NetfilterLog.attach(log.socket, OPTIONS);
  kernel.receives.push([copy(6)]);
  expect(polled(attached)).toEqual([[6]]);
  expect(kernel.sent).toHaveLength(1);
  attached.close();
  expect(kernel.closed).toEqual([]);
  log.close();
  expect(kernel.closed).toEqual([log.socket]);
});
