import { describe, expect, it } from 'vitest';
import { ReceiveArena } from '../../src/netfilter-queue/receive-arena.ts';

const BASE = 0x7f00_0000_1000;
const DATAGRAM_BYTES = 612;
const BATCH = 3;

describe('the memory of a batch', () => {
  let buffer = new ArrayBuffer(0);
  const arena = new ReceiveArena(BATCH, DATAGRAM_BYTES, (asked) => {
    buffer = asked;
    return BASE;
  });
  const memory = new DataView(buffer);
  /** The way the kernel goes: from a header by its pointers to the bytes it may write. */
  const follow = (index: number) => {
    const headerAt = index * 64;
    const iovecAt = Number(memory.getBigUint64(headerAt + 16, true)) - BASE;
    return {
      name: memory.getBigUint64(headerAt, true),
      iovecs: memory.getBigUint64(headerAt + 24, true),
      control: memory.getBigUint64(headerAt + 32, true),
      at: Number(memory.getBigUint64(iovecAt, true)) - BASE,
      bytes: Number(memory.getBigUint64(iovecAt + 8, true)),
    };
  };

  it('leads from each header to its own datagram, all in one buffer', () => {
    expect(arena.headersAt).toBe(BASE);
    for (let index = 0; index < BATCH; index += 1) {
      const { at, bytes, ...rest } = follow(index);
      expect(rest).toEqual({ name: 0n, iovecs: 1n, control: 0n });
      expect(arena.datagrams[index]).toMatchObject({ byteOffset: at, byteLength: bytes });
      expect(arena.views[index]).toMatchObject({ byteOffset: at, byteLength: bytes });
      expect(arena.datagrams[index]?.buffer).toBe(buffer);
      expect(arena.views[index]?.buffer).toBe(buffer);
    }
  });

  it('has no two parts that overlap, and none outside', () => {
    const parts = [0, 1, 2].map(follow).sort((one, other) => one.at - other.at);
    let free = BATCH * (64 + 16);
    for (const { at, bytes } of parts) {
      expect(at).toBeGreaterThanOrEqual(free);
      free = at + bytes;
    }
    expect(free).toBeLessThanOrEqual(buffer.byteLength);
  });

  it('tells how much was received into each', () => {
    memory.setUint32(64 + 56, 77, true);
    expect([0, 1, 2].map((index) => arena.receivedBytes(index))).toEqual([0, 77, 0]);
  });

  it('holds what is put there, and knows its length, as after recvmmsg', () => {
    arena.put(1, Uint8Array.of(7, 8, 9));
    expect(arena.receivedBytes(1)).toBe(3);
    expect([...(arena.datagrams[1]?.subarray(0, 3) ?? [])]).toEqual([7, 8, 9]);
    expect(memory.getUint32(64 + 56, true)).toBe(3);
  });
});
