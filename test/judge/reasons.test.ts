import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { explainReason } from '../../src/judge/reasons.ts';

const SOURCE = new URL('../../src', import.meta.url).pathname;

/** Every reason that stands in the code of the rooms that deny. */
function reasonsInSource(): string[] {
  const files = ['dissect', 'judge'].flatMap((room) =>
    readdirSync(join(SOURCE, room), { recursive: true, encoding: 'utf8' }).map((name) => join(SOURCE, room, name)),
  );
  const text = files
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(name, 'utf8'))
    .join('\n');
  return [...text.matchAll(/\b(?:never|denied|#deny|#report)\((?:\w+, )?'([a-z0-9-]+)'/g)].map(([, reason]) => reason!);
}

it('has a sentence for every reason the code can give', () => {
  const reasons = reasonsInSource();
  expect(reasons.length).toBeGreaterThan(80);
  expect(reasons.filter((reason) => explainReason(reason) === null)).toEqual([]);
});

it('has none for what is no reason', () => {
  expect(explainReason('wx')).toBeNull();
  expect(explainReason('localhost')).toBeNull();
});
