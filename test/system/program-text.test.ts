import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { releaseProgramText, textMappings } from '../../src/system/program-text.ts';

const MAPS = [
  '00400000-00a00000 r--p 00000000 fe:00 1234                               /usr/bin/node',
  '00a00000-01f2b000 r-xp 00600000 fe:00 1234                               /usr/bin/node',
  '01f2b000-01f30000 rw-p 01b2b000 fe:00 1234                               /usr/bin/node',
  '7f96ac000000-7f96ac311000 rwxp 00000000 00:00 0 ',
  '7f96b0000000-7f96b0100000 r-xp 00000000 fe:00 99                         /usr/lib/libc.so.6',
  '7f96b1000000-7f96b1100000 r-xp 00000000 fe:00 99                         /usr/bin/node (deleted)',
  '',
].join('\n');

test('only code of the program itself is let go of, and nothing that may have been written', () => {
  expect(textMappings(MAPS, '/usr/bin/node')).toEqual([{ from: 0xa00000, bytes: 0x01f2b000 - 0xa00000 }]);
  expect(textMappings(MAPS, '/opt/node')).toEqual([]);
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
