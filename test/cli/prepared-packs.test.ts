import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { preparePacks, readPacks } from '../../src/cli/policy-file.ts';
import { packsPrepared } from '../../src/cli/prepared-packs.ts';

const prepared = JSON.parse(JSON.stringify(preparePacks()));
const FILE = 'rules/wechat.yaml';

test('the shipped packs come out of a built program as they are read from their files', () => {
  expect(Object.keys(prepared)).toContain(FILE);
  const read = readPacks(undefined, {});
  expect(read.problems).toEqual([]);
  expect(readPacks(undefined, prepared)).toStrictEqual(read);
});

const { text, packs } = prepared[FILE];

describe('what was prepared', () => {
  test('counts for the very text', () => {
    const marked = [{ ...packs[0], about: 'as prepared' }];
    const { value } = readPacks(undefined, { ...prepared, [FILE]: { text, packs: marked } });
    expect(value?.filter(({ file }) => file === FILE)).toEqual(marked);
  });

  test.each([
    ['a file that was changed since', FILE, `${text} `],
    ['a file by another name', 'rules/other.yaml', text],
    ['a name that every object has', 'toString', text],
  ])('does not count for %s', (_, file, now) => {
    expect(packsPrepared(prepared, file, now)).toBeNull();
  });

  test('does not count for a file that reads otherwise now', () => {
    const stale = { ...prepared, [FILE]: { text: `${text}#`, packs: [] } };
    expect(readPacks(undefined, stale)).toEqual(readPacks(undefined, {}));
  });
});

test('a file that something is wrong with is not prepared, so that every start says so', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chatgate-packs-'));
  try {
    writeFileSync(join(folder, 'good.yaml'), text);
    writeFileSync(join(folder, 'wrong.yaml'), `${text}unknown: 1\n`);
    writeFileSync(join(folder, 'odd.yaml'), text.replace('service: wechat', 'service: !odd other'));
    expect(Object.keys(preparePacks(folder))).toEqual([join(basename(folder), 'good.yaml')]);
    expect(readPacks(folder, preparePacks(folder))).toEqual(readPacks(folder, {}));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
