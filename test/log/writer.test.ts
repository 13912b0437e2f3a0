import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LogWriter } from '../../src/log/writer.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatgate-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the log', () => {
  test('takes bundles of lines and counts the lines', async () => {
    const file = join(folder, 'verdict.json');
    const log = new LogWriter({ file, stdout: false });
    log.write(Buffer.from('one\n'));
    log.write(Buffer.from('two\nthree\n'), 2);
    await log.close();
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\nthree\n');
    expect([log.linesWritten, log.linesLost]).toEqual([3, 0]);
  });

  test('may go nowhere', async () => {
    const log = new LogWriter({ file: null, stdout: false });
    log.write(Buffer.from('one\n'));
    log.reopen();
    await log.close();
    expect(log.linesLost).toBe(0);
  });

  test('says in a sentence where it cannot be written, and why', async () => {
    writeFileSync(join(folder, 'in-the-way'), '');
    const file = join(folder, 'in-the-way', 'verdict.json');
    const sentences: string[] = [];
    const log = new LogWriter({ file, stdout: false }, (sentence) => sentences.push(sentence));
    await vi.waitFor(() => expect(sentences).toHaveLength(1));
    expect(sentences[0]).toMatch(/^cannot write the log to .*verdict\.json: not a directory; trying again/);
    log.write(Buffer.from('one\n'));
    await log.close(10);
    expect(log.linesLost).toBe(1);
  });
});
