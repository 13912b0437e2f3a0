import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HandshakeNotes } from '../../src/flow/handshake-notes.ts';

const BUCKETS = 2 ** 17;
/** Hashes of one bucket. */
const [A, B, C] = [5, 5 + BUCKETS, 5 + 2 * BUCKETS] as const;

const MEMORY = HandshakeNotes.memory();

function fresh(): HandshakeNotes {
  new Int32Array(MEMORY).fill(0);
  return new HandshakeNotes(MEMORY);
}

it('nothing is known of a flow that was never noted, whatever its hash', () => {
  const notes = fresh();
  for (const hash of [0, 1, A, 0x7fffffff, 0x80000000, 0xffffffff]) expect(notes.startOf(hash)).toBeNull();
});

it('the newest note of a flow counts, an unsigned number, for any hash', () => {
  const notes = fresh();
  const number = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(number, fc.array(number, { minLength: 1, maxLength: 4 }), (hash, starts) => {
      for (const start of starts) notes.note(hash, start);
      expect(notes.startOf(hash)).toBe(starts.at(-1));
    }),
  );
});

it('two flows of one bucket are both remembered, and each by its newest note', () => {
  const notes = fresh();
  notes.note(A, 1);
  notes.note(B, 2);
  expect([A, B].map((hash) => notes.startOf(hash))).toEqual([1, 2]);
  notes.note(B, 3);
  expect([A, B].map((hash) => notes.startOf(hash))).toEqual([1, 3]);
  notes.note(A, 4);
  expect([A, B].map((hash) => notes.startOf(hash))).toEqual([4, 3]);
});

it('a third flow of a bucket pushes out the one noted longest ago', () => {
  const notes = fresh();
  notes.note(A, 1);
  notes.note(B, 2);
  notes.note(C, 3);
  expect([A, B, C].map((hash) => notes.startOf(hash))).toEqual([null, 2, 3]);
});

it('a flow noted again is not the oldest any more, and has no older note left', () => {
  const notes = fresh();
  notes.note(A, 1);
  notes.note(B, 2);
  notes.note(A, 3);
  notes.note(C, 4);
  expect([A, B, C].map((hash) => notes.startOf(hash))).toEqual([3, null, 4]);
  notes.note(B, 5);
  expect([A, B, C].map((hash) => notes.startOf(hash))).toEqual([null, 5, 4]);
});

it('the notes are shared through their memory', () => {
  fresh().note(A, 9);
  expect(new HandshakeNotes(MEMORY).startOf(A)).toBe(9);
});

it('while another thread holds the lock, nobody else gets it', async () => {
  const notes = fresh();
  const words = new Int32Array(MEMORY);
  const holder = new Worker(
    `const { workerData, parentPort } = require('node:worker_threads');
     const words = new Int32Array(workerData);
     Atomics.store(words, 0, 1);
     parentPort.postMessage('held');
     setTimeout(() => { words[1 + 4 * ${A}] = ${A}; words[2 + 4 * ${A}] = 77; Atomics.store(words, 0, 0); }, 60);`,
    { eval: true, workerData: MEMORY },
  );
  await new Promise((held) => holder.once('message', held));
  notes.lock();
  expect(notes.startOf(A)).toBe(77);
  notes.unlock();
  expect(Atomics.load(words, 0)).toBe(0);
  await holder.terminate();
});
