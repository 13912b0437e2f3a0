import { describe, expect, test } from 'vitest';
import { type Course, play } from './play.ts';
import type { Step, Trick } from './trick.ts';
import { up } from './trick.ts';
import { nameOf, TRICKS } from './tricks.ts';

/** Places to cut a message at: every one over IPv4, up to so many; where the family has no part in it, some are enough. */
const MAX_CUTS = { '4': 250, '6': 40 } as const;

function expectCourse(trick: Trick, course: Course, how: string, reasonMatters = true): void {
  const { expected, why } = trick;
  const said = JSON.stringify(course);
  if ('allow' in expected) {
    expect(`${course.verdict}, ${course.passed} passed`, `${how}, because ${why}: ${said}`).toBe(
      `allow ${expected.allow}, everything passed`,
    );
    return;
  }
  // A first message that never ends has passed as far as it went.
  const passed = expected.drop === 'never-completed' ? 'everything' : 'not the last';
  const verdict = reasonMatters ? course.verdict : course.verdict.replace(/^drop .*/, `drop ${expected.drop}`);
  expect(`${verdict}, ${course.passed} passed`, `${how}, because ${why}: ${said}`).toBe(
    `drop ${expected.drop}, ${passed} passed`,
  );
  expect(course.isSettled, `${how}, because ${why}`).toBe(false);
}

/** The first message in two segments, in both orders, for every place to cut it. */
function* cut(
  trick: Trick,
  maxCuts: number,
): Generator<readonly [how: string, steps: readonly Step[], inOrder: boolean]> {
  const [first, ...rest] = trick.steps;
  if (first?.kind !== 'up') throw new Error(`${trick.name} does not begin with a message`);
  const { bytes } = first;
  const stride = Math.max(1, Math.ceil(bytes.length / maxCuts));
  for (let at = 1; at < bytes.length; at += stride) {
    const parts = [up(bytes.subarray(0, at)), up(bytes.subarray(at), at)];
    yield [`cut at ${at}`, [...parts, ...rest], true];
    yield [`cut at ${at}, the second part first`, [...parts.toReversed(), ...rest], false];
  }
  if (bytes.length <= 2 * maxCuts) {
    yield ['byte by byte', [...Array.from(bytes, (byte, at) => up(Uint8Array.of(byte), at)), ...rest], true];
  }
}

describe.each(TRICKS)('%s', (_, tricks) => {
  describe.each(['4', '6'] as const)('over IPv%s', (family) => {
    test.each(tricks.map((trick) => [nameOf(trick), trick] as const))('%s', (__, trick) => {
      expectCourse(trick, play(trick, family), 'as it is');
      if (!trick.anyCut) return;
      for (const [how, steps, inOrder] of cut(trick, MAX_CUTS[family])) {
        // A second message that comes first may be denied for a reason of its own.
        expectCourse(trick, play(trick, family, steps), how, inOrder);
      }
    });
  });
});

test('no two tricks have the same name', () => {
  const names = TRICKS.flatMap(([about, tricks]) => tricks.map((trick) => `${about}: ${nameOf(trick)}`));
  expect(new Set(names).size).toBe(names.length);
});
