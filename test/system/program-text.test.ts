import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { releaseProgramText, unchangedMappings } from '../../src/system/program-text.ts';

/** As in /proc/PID/smaps, of which most lines are left out. */
function mapping(range: string, permissions: string, path: string, anonymousKib = 0, swapKib = 0): string {
  return [
    `${range} ${permissions} 00600000 fe:00 1234                               ${path}`,
    'Size:               1234 kB',
    'Private_Dirty:         8 kB',
    `Anonymous:          ${String(anonymousKib).padStart(4)} kB`,
    `Swap:               ${String(swapKib).padStart(4)} kB`,
    'SwapPss:               4 kB',
    'VmFlags: rd mr mw me',
    '',
  ].join('\n');
}

const NODE = '/usr/bin/node';
const CODE = { from: 0xa00000, bytes: 0x01f2b000 - 0xa00000 };
const TABLES = { from: 0x400000, bytes: 0xa00000 - 0x400000 };

test.each([
  ['code', [mapping('00a00000-01f2b000', 'r-xp', NODE)], [CODE]],
  ['tables', [mapping('00400000-00a00000', 'r--p', NODE), mapping('00a00000-01f2b000', 'r-xp', NODE)], [TABLES, CODE]],
  ['nothing that can be written to', [mapping('00a00000-01f2b000', 'rw-p', NODE)], []],
  ['nothing that was filled in at the start', [mapping('00a00000-01f2b000', 'r--p', NODE, 12)], []],
  ['nor where that was swapped out', [mapping('00a00000-01f2b000', 'r--p', NODE, 0, 4)], []],
  ['nothing of another file', [mapping('00a00000-01f2b000', 'r-xp', '/usr/lib/libc.so.6')], []],
  ['nothing of a file that was replaced', [mapping('00a00000-01f2b000', 'r-xp', `${NODE} (deleted)`)], []],
  ['nothing without a file', [mapping('00a00000-01f2b000', 'r-xp', '')], []],
])('of the program itself is let go of: %s', (_, mappings, expected) => {
  expect(unchangedMappings(mappings.join(''), NODE)).toEqual(expected);
});

test('the program runs on with less of its code in memory', () => {
  const before = residentFileKib();
  releaseProgramText();
  expect(residentFileKib()).toBeLessThan(before - 4 * 1024);
  expect(JSON.parse('{"still": [1, 2]}')).toEqual({ still: [1, 2] });
});

function residentFileKib(): number {
  return Number(/^RssFile:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]);
}
