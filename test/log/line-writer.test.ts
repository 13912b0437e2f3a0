import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  createReadStream,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Destination } from '../../src/log/destination.ts';
import { fileDestination } from '../../src/log/file-destination.ts';
import { LineWriter, type WriterState } from '../../src/log/line-writer.ts';
import { streamDestination } from '../../src/log/stream-destination.ts';
import { mountSmallDisk } from './mount-small-disk.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatgate-log-'));
  path = join(folder, 'verdict.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fileWriter(file = path, maxQueuedBytes = 1_000_000) {
  const states: WriterState[] = [];
  const destination = fileDestination(file);
  const onState = (state: WriterState): number => states.push(state);
  const writer = new LineWriter({ destination, maxQueuedBytes, retryMs: 20, onState });
  return { writer, states };
}

/** Takes what it is told to or fails so; it remembers what it took, with `|` for each time it was opened. */
function scriptedDestination(script: ('all' | number | NodeJS.ErrnoException)[]) {
  let taken = '';
  const destination: Destination = {
    name: 'a script',
    async open() {
      taken += '|';
      return { atLineStart: true };
    },
    async write(bytes) {
      const step = script.shift() ?? 'all';
      if (step instanceof Error) throw step;
      const count = step === 'all' ? bytes.length : Math.min(step, bytes.length);
      taken += Buffer.from(bytes.subarray(0, count)).toString();
      return count;
    },
    close: async () => {},
  };
  return { destination, taken: () => taken };
}

function errno(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

test('gives the memory of lines back once they are written or lost, and not before', async () => {
  const { destination, taken } = scriptedDestination([3, 'all', 'all']);
  const writer = new LineWriter({ destination, maxQueuedBytes: 20, retryMs: 10 });
  const back: string[] = [];
  const write = (text: string) =>
    writer.write(Buffer.from(text), 1, () => back.push(`${text.trim()} after ${taken()}`));
  write('first\n');
  write('far too long for the queue\n');
  expect(back).toEqual(['far too long for the queue after ']);
  await writer.close(1000);
  expect(back[1]).toBe('first after |first\n');
});

describe('writing lines to a file', () => {
  test('keeps their order and makes folder and file, for the owner and the group alone', async () => {
    const deep = join(folder, 'a', 'b', 'verdict.json');
    const { writer } = fileWriter(deep);
    for (let n = 0; n < 1000; n += 1) writer.write(Buffer.from(`${n}\n`), 1);
    await sleep(20);
    writer.write(Buffer.from('last\nof all\n'), 2);
    await writer.close(1000);
    expect(readFileSync(deep, 'utf8')).toBe(
      `${Array.from({ length: 1000 }, (_, n) => `${n}\n`).join('')}last\nof all\n`,
    );
    expect(statSync(deep).mode & 0o777).toBe(0o640);
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o750);
    expect([writer.linesWritten, writer.linesLost]).toEqual([1002, 0]);
  });

  test('appends, on a line of its own even if the last one was torn', async () => {
    writeFileSync(path, 'whole\ntorn');
    const { writer } = fileWriter();
    writer.write(Buffer.from('next\n'), 1);
    await writer.close(1000);
    const again = fileWriter();
    again.writer.write(Buffer.from('after that\n'), 1);
    await again.writer.close(1000);
    expect(readFileSync(path, 'utf8')).toBe('whole\ntorn\nnext\nafter that\n');
  });

  test('goes on in a new file after the old one was moved away', async () => {
    const { writer } = fileWriter();
    writer.write(Buffer.from('before\n'), 1);
    await vi.waitFor(() => expect(writer.linesWritten).toBe(1));
    renameSync(path, `${path}.1`);
    writer.write(Buffer.from('between\n'), 1);
    await vi.waitFor(() => expect(writer.linesWritten).toBe(2));
    writer.reopen();
    writer.write(Buffer.from('after\n'), 1);
    await writer.close(1000);
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('before\nbetween\n');
    expect(readFileSync(path, 'utf8')).toBe('after\n');
  });

  test('makes the new file at once when told to reopen', async () => {
    const { writer } = fileWriter();
    await vi.waitFor(() => expect(existsSync(path)).toBe(true));
    renameSync(path, `${path}.1`);
    writer.reopen();
    await vi.waitFor(() => expect(existsSync(path)).toBe(true));
    await writer.close(1000);
  });

  test('says that it fails, tries again, and says that it works', async () => {
    writeFileSync(join(folder, 'in-the-way'), '');
    const { writer, states } = fileWriter(join(folder, 'in-the-way', 'verdict.json'));
    writer.write(Buffer.from('kept\n'), 1);
    await vi.waitFor(() => expect(states).toHaveLength(1));
    await sleep(50);
    rmSync(join(folder, 'in-the-way'));
    await vi.waitFor(() => expect(states).toHaveLength(2));
    await writer.close(1000);
    expect(states.map(({ kind }) => kind)).toEqual(['failing', 'working']);
    expect(readFileSync(join(folder, 'in-the-way', 'verdict.json'), 'utf8')).toBe('kept\n');
  });

  test('loses lines when the disk is full, counts them, and recovers when there is room', async (context) => {
    const disk = mountSmallDisk(64);
    if (disk === null) return context.skip('mounting a tmpfs needs root');
    try {
      const file = join(disk.path, 'verdict.json');
      const { writer, states } = fileWriter(file, 50_000);
      const total = 2000;
      for (let n = 0; n < total; n += 1) {
        writer.write(Buffer.from(`${String(n).padStart(98, 'x')}.\n`), 1);
        if (n % 50 === 0) await sleep(1);
      }
      await vi.waitFor(() => expect(states.map(({ kind }) => kind)).toEqual(['failing']));
      expect(statSync(file).size).toBe(65_536);
      expect(writer.linesLost).toBeGreaterThan(500);

      truncateSync(file, 0);
      await vi.waitFor(() => expect(states).toHaveLength(2));
      writer.write(Buffer.from('room again\n'), 1);
      await writer.close(1000);
      expect(writer.linesWritten + writer.linesLost).toBe(total + 1);
      const lines = readFileSync(file, 'utf8').trim().split('\n');
      expect(lines.pop()).toBe('room again');
      expect(lines.filter((line) => !/^x+\d+\.$/.test(line) || line.length !== 99)).toEqual([]);
    } finally {
      disk.unmount();
    }
  });

  test('tears no line but the one at which a full disk ends', async (context) => {
    const disk = mountSmallDisk(64);
    if (disk === null) return context.skip('mounting a tmpfs needs root');
    try {
      const [file, ballast] = [join(disk.path, 'verdict.json'), join(disk.path, 'ballast')];
      writeFileSync(ballast, new Uint8Array(40_960));
      const { writer, states } = fileWriter(file, 100_000);
      for (let n = 0; n < 400; n += 1) writer.write(Buffer.from(`${String(n).padStart(98, 'x')}.\n`), 1);
      await vi.waitFor(() => expect(states).toHaveLength(1));
      rmSync(ballast);
      await vi.waitFor(() => expect(states).toHaveLength(2));
      await writer.close(1000);
      const lines = readFileSync(file, 'utf8').trim().split('\n');
      const torn = lines.filter((line) => !/^x+\d+\.$/.test(line));
      expect([writer.linesWritten, writer.linesLost, torn.length]).toEqual([399, 1, 1]);
      expect(lines).toHaveLength(400);
    } finally {
      disk.unmount();
    }
  });

  test('to a FIFO waits for a reader without holding anything up, nor the end', async () => {
    execFileSync('mkfifo', [path]);
    const { writer, states } = fileWriter(path, 1000);
    for (let n = 0; n < 100; n += 1) writer.write(Buffer.from('0123456789012345678\n'), 1);
    await vi.waitFor(() => expect(states).toHaveLength(1));
    expect(writer.linesLost).toBe(50);
    const reader = createReadStream(path, { encoding: 'utf8' });
    let read = '';
    reader.on('data', (text) => {
      read += text;
    });
    await vi.waitFor(() => expect(writer.linesWritten).toBe(50));
    reader.destroy();
    await writer.close(1000);
    expect(read).toBe('0123456789012345678\n'.repeat(50));
  });

  test('to a FIFO that is open but not read gives up at the end of the limit', async () => {
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { writer } = fileWriter(path);
      const lines = 3000;
      for (let n = 0; n < lines; n += 1) writer.write(Buffer.from(`${'x'.repeat(99)}\n`), 1);
      await vi.waitFor(() => expect(writer.linesWritten).toBeGreaterThan(600));
      const before = performance.now();
      await writer.close(100);
      expect(performance.now() - before).toBeLessThan(1000);
      expect(writer.linesWritten + writer.linesLost).toBe(lines);
    } finally {
      closeSync(reader);
    }
  });
});

describe('writing lines to a pipe', () => {
  test('nobody reads gives up at the end of the limit', async () => {
    const child = spawn('sleep', ['5'], { stdio: ['pipe', 'ignore', 'ignore'] });
    try {
      const writer = new LineWriter({ destination: streamDestination('a pipe', child.stdin), maxQueuedBytes: 500_000 });
      for (let n = 0; n < 10_000; n += 1) writer.write(Buffer.from(`${'x'.repeat(99)}\n`), 1);
      const before = performance.now();
      await writer.close(100);
      expect(performance.now() - before).toBeLessThan(1000);
      expect(writer.linesLost).toBeGreaterThan(5000);
      expect(child.stdin.writableLength).toBeLessThanOrEqual(66_000);
    } finally {
      child.kill();
    }
  });

  test('whose reader has gone loses them quietly', async () => {
    const child = spawn('true', { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(child, 'exit');
    const states: WriterState[] = [];
    const destination = streamDestination('a pipe', child.stdin);
    const writer = new LineWriter({ destination, retryMs: 10, onState: (state) => states.push(state) });
    writer.write(Buffer.from('lost\n'), 1);
    await vi.waitFor(() => expect(states).toHaveLength(1));
    await writer.close(50);
    expect([writer.linesWritten, writer.linesLost]).toEqual([0, 1]);
  });
});

describe('a write that fails', () => {
  test.each([
    { name: 'before anything', script: [errno('EIO')], expected: '||one\ntwo\nthree\n', lost: 0 },
    { name: 'within a line', script: [6, errno('EIO')], expected: '|one\ntw|three\n', lost: 1 },
    { name: 'between lines', script: [4, errno('EIO')], expected: '|one\n|two\nthree\n', lost: 0 },
    { name: 'within the last line', script: [9, errno('EIO')], expected: '|one\ntwo\nt', lost: 1 },
    { name: 'busy within a line', script: [6, errno('EAGAIN')], expected: '|one\ntwo\nthree\n', lost: 0 },
    { name: 'twice', script: [1, errno('EIO'), 1, errno('EIO')], expected: '|o|t|three\n', lost: 2 },
  ])('$name tears no other line', async ({ script, expected, lost }) => {
    const { destination, taken } = scriptedDestination([...script]);
    const writer = new LineWriter({ destination, retryMs: 1 });
    writer.write(Buffer.from('one\ntwo\n'), 2);
    writer.write(Buffer.from('three\n'), 1);
    await writer.close(1000);
    expect(taken()).toBe(expected);
    expect([writer.linesLost, writer.linesWritten]).toEqual([lost, 3 - lost]);
  });
});

test('a write that ends after the limit is counted once, as lost', async () => {
  let finish: (count: number) => void = () => {};
  const written = new Promise<number>((resolve) => {
    finish = resolve;
  });
  const destination: Destination = {
    name: 'a slow disk',
    open: async () => ({ atLineStart: true }),
    write: () => written,
    close: async () => {},
  };
  const writer = new LineWriter({ destination });
  writer.write(Buffer.from('slow\n'), 1);
  await sleep(5);
  await writer.close(10);
  finish(5);
  await sleep(5);
  expect([writer.linesWritten, writer.linesLost]).toEqual([0, 1]);
});

test('lines after the end are lost and counted', async () => {
  const { writer } = fileWriter();
  await writer.close(100);
  writer.write(Buffer.from('late\n'), 1);
  expect(writer.linesLost).toBe(1);
});
