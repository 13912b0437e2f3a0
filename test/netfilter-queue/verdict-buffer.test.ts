import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NF_ACCEPT, NF_DROP, NF_REPEAT, VerdictBuffer } from '../../src/netfilter-queue/verdict-buffer.ts';
import { big32, decodeMessages } from './netlink-encoding.ts';

const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const verdicts = fc.array(
  fc.record({
    id: uint32,
    verdict: fc.constantFrom(NF_ACCEPT, NF_DROP, NF_REPEAT),
    mark: fc.option(uint32, { nil: undefined }),
    priority: fc.option(uint32, { nil: undefined }),
  }),
  { maxLength: 20 },
);

describe('a verdict buffer', () => {
  it('says one message for each verdict, in order', () => {
    fc.assert(
      fc.property(fc.nat(0xffff), verdicts, (queue, list) => {
        const buffer = new VerdictBuffer(queue, 20);
        for (const { id, verdict, mark, priority } of list) buffer.add(id, verdict, mark, priority);
        expect(buffer.count).toBe(list.length);
        const expected = list.map(({ id, verdict, mark, priority }) => ({
          type: 0x0301,
          flags: 1,
          sequence: 0,
          family: 0,
          queue,
          attributes: [
            { type: 2, value: [...big32(verdict), ...big32(id)] },
            ...(mark === undefined ? [] : [{ type: 3, value: big32(mark) }]),
            ...(priority === undefined ? [] : [{ type: 21, value: big32(priority) }]),
          ],
        }));
        expect(decodeMessages(buffer.bytes.subarray(0, buffer.usedBytes))).toEqual(expected);
      }),
    );
  });

  it('is full no sooner than it holds what it was made for', () => {
    const buffer = new VerdictBuffer(0, 3);
    for (let id = 0; id < 3; id += 1) {
      expect(buffer.full).toBe(false);
      buffer.add(id, NF_ACCEPT, 1);
    }
    expect(buffer.full).toBe(true);
  });

  it('begins anew once cleared', () => {
    const buffer = new VerdictBuffer(0, 2);
    buffer.add(1, NF_ACCEPT, 0xffffffff);
    buffer.clear();
    expect([buffer.count, buffer.usedBytes, buffer.full]).toEqual([0, 0, false]);
    buffer.add(2, NF_DROP, undefined);
    expect(decodeMessages(buffer.bytes.subarray(0, buffer.usedBytes))).toHaveLength(1);
  });
});
