import { describe, expect, it } from 'vitest';
import { bindMessage, probeMessage, unbindMessage } from '../../src/netfilter-queue/config-message.ts';
import { big32, decodeMessages } from './netlink-encoding.ts';

const CONFIG = 0x0302;
const REQUEST_AND_ACK = 5;
const SETTINGS = { copyRangeBytes: 0x10203, maxLength: 5000, gso: true, failOpen: false };

describe('binding', () => {
  it('asks for the queue and all its settings in one acknowledged request', () => {
    expect(decodeMessages(bindMessage(0x0102, 2, SETTINGS))).toEqual([
      {
        type: CONFIG,
        flags: REQUEST_AND_ACK,
        sequence: 2,
        family: 0,
        queue: 0x0102,
        attributes: [
          { type: 1, value: [1, 0, 0, 0] },
          { type: 2, value: [0, 1, 2, 3, 2] },
          { type: 3, value: big32(5000) },
          { type: 4, value: big32(5) },
          { type: 5, value: big32(4) },
        ],
      },
    ]);
  });

  it.each([
    [false, false, 0],
    [false, true, 1],
    [true, false, 4],
    [true, true, 5],
  ])('with gso %s and failOpen %s sets flags %i', (gso, failOpen, flags) => {
    const [message] = decodeMessages(bindMessage(0, 2, { ...SETTINGS, gso, failOpen }));
    expect(message?.attributes.find(({ type }) => type === 5)?.value).toEqual(big32(flags));
  });
});

it('the probe is a command that changes nothing', () => {
  const [message, ...more] = decodeMessages(probeMessage(1));
  expect(message).toMatchObject({ type: CONFIG, flags: REQUEST_AND_ACK, sequence: 1, queue: 0 });
  expect(message?.attributes).toEqual([{ type: 1, value: [4, 0, 0, 0] }]);
  expect(more).toEqual([]);
});

it('unbinding names the queue', () => {
  const [message] = decodeMessages(unbindMessage(65535, 0));
  expect(message).toMatchObject({ type: CONFIG, queue: 65535, attributes: [{ type: 1, value: [2, 0, 0, 0] }] });
});
