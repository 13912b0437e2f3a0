import fc from 'fast-check';
import { expect, it } from 'vitest';
import { remembering } from '../../src/dissect/remembering.ts';

function counted(limit: number) {
  const counts = { made: 0 };
  const ask = remembering((text) => {
    counts.made += 1;
    return { text };
  }, limit);
  return { ask, counts };
}

it('every text is answered as if it were made anew, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom('', 'a', 'b', 'ab'), fc.string())), (texts) => {
      const { ask } = counted(3);
      for (const text of texts) expect(ask(text)).toEqual({ text });
    }),
  );
});

it('what was made lately is not made again', () => {
  const { ask, counts } = counted(10);
  for (let round = 0; round < 5; round += 1) for (let i = 0; i < 10; i += 1) ask(`text-${i}`);
  expect(counts.made).toBe(10);
});

it('a flood is forgotten again', () => {
  const { ask, counts } = counted(10);
  for (let i = 0; i < 1_000; i += 1) ask(`flood-${i}`);
  for (let i = 0; i < 5; i += 1) ask('flood-999');
  expect(counts.made).toBe(1_000);
  ask('flood-0');
  expect(counts.made).toBe(1_001);
});

it('a text longer than any host name is not kept', () => {
  const { ask, counts } = counted(10);
  const long = 'x'.repeat(256);
  for (let i = 0; i < 3; i += 1) {
    ask(long);
    ask('between');
  }
  expect(counts.made).toBe(4);
});
