import { constants } from 'node:os';
import { beforeEach, expect, it } from 'vitest';
import { requestNfnetlink } from '../../src/netfilter-queue/nfnetlink-request.ts';
import { connectFake, kernel, resetKernel } from './fake-netlink-socket.ts';
import { encodeAnswer } from './netlink-encoding.ts';

beforeEach(resetKernel);

it('hands over the datagram and gives every answer, however many came in one', () => {
  const together = Buffer.concat([encodeAnswer(2, 0), encodeAnswer(3, 17)]);
  kernel.receives.push([together, encodeAnswer(4, 0)]);
  const answers = requestNfnetlink(Uint8Array.of(1, 2, 3), connectFake);
  expect(kernel.sent).toEqual([Uint8Array.of(1, 2, 3)]);
  expect(answers).toEqual([
    { sequence: 2, errorNumber: 0 },
    { sequence: 3, errorNumber: 17 },
    { sequence: 4, errorNumber: 0 },
  ]);
});

it('no answer is none, and what cannot be asked throws', () => {
  expect(requestNfnetlink(new Uint8Array(4), connectFake)).toEqual([]);
  kernel.receives.push(-constants.errno.EBADF);
  expect(() => requestNfnetlink(new Uint8Array(4), connectFake)).toThrow(/recvmmsg failed with EBADF/);
  kernel.sendError = constants.errno.EPERM;
  expect(() => requestNfnetlink(new Uint8Array(4), connectFake)).toThrow(/send failed with EPERM/);
});
