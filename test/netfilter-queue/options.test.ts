import { describe, expect, it } from 'vitest';
import { NetfilterQueueError } from '../../src/netfilter-queue/error.ts';
import { NetfilterQueue } from '../../src/netfilter-queue/index.ts';
import { checkOptions } from '../../src/netfilter-queue/options.ts';

const OPTIONS = {
  queue: 0,
  copyRangeBytes: 2048,
  maxLength: 1024,
  gso: true,
  failOpen: false,
  receiveBufferBytes: 1 << 20,
  receiveTimeoutMs: 100,
};

describe('the options of a queue', () => {
  it('are taken at their bounds, with a batch of 64 unless told', () => {
    expect(checkOptions({ ...OPTIONS, queue: 65535, copyRangeBytes: 65531 }).batch).toBe(64);
    expect(checkOptions({ ...OPTIONS, batch: 1 }).batch).toBe(1);
  });

  it.each([
    ['queue', -1],
    ['queue', 65536],
    ['copyRangeBytes', 0],
    ['copyRangeBytes', 65532],
    ['maxLength', 0],
    ['maxLength', 1.5],
    ['receiveBufferBytes', 0],
    ['receiveTimeoutMs', 0],
    ['receiveTimeoutMs', Number.NaN],
    ['batch', 0],
    ['batch', 1025],
  ])('with %s %d are refused by name before anything is opened', (name, value) => {
    const open = () => NetfilterQueue.open({ ...OPTIONS, [name]: value });
    expect(open).toThrow(NetfilterQueueError);
    expect(open).toThrow(expect.objectContaining({ code: 'invalid-option', message: expect.stringMatching(name) }));
  });
});
