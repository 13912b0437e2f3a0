import { constants } from 'node:os';
import { beforeEach, expect, it, vi } from 'vitest';
import { kernel, resetKernel } from './fake-netlink-socket.ts';
import { encodeAnswer } from './netlink-encoding.ts';

vi.mock('../../src/netfilter-queue/netlink-socket.ts', async (importOriginal) => ({
  ...(await importOriginal<typeof import('../../src/netfilter-queue/netlink-socket.ts')>()),
  NetlinkSocket: (await import('./fake-netlink-socket.ts')).FakeNetlinkSocket,
}));
const { requestNfnetlink } = await import('../../src/netfilter-queue/nfnetlink-request.ts');

beforeEach(resetKernel);

it('hands over the datagram and gives every answer, however many came in one', () => {
  const together = Buffer.concat([encodeAnswer(2, 0), encodeAnswer(3, 17)]);
  kernel.receives.push([together, encodeAnswer(4, 0)]);
  const answers = requestNfnetlink(Uint8Array.of(1, 2, 3));
  expect(kernel.sent).toEqual([Uint8Array.of(1, 2, 3)]);
  expect(answers).toEqual([
    { sequence: 2, errorNumber: 0 },
    { sequence: 3, errorNumber: 17 },
    { sequence: 4, errorNumber: 0 },
  ]);
});

it('no answer is none, and what cannot be asked throws', () => {
  expect(requestNfnetlink(new Uint8Array(4))).toEqual([]);
  kernel.receives.push(-constants.errno.EBADF);
  expect(() => requestNfnetlink(new Uint8Array(4))).toThrow(/recvmmsg failed with EBADF/);
  kernel.sendError = constants.errno.EPERM;
  expect(() => requestNfnetlink(new Uint8Array(4))).toThrow(/send failed with EPERM/);
});
