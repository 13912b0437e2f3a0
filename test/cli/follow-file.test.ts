import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FollowOptions, followFile } from '../../src/cli/follow-file.ts';

let folder: string;
let path: string;
let stop: AbortController;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatgate-tail-'));
  path = join(folder, 'verdict.json');
  stop = new AbortController();
});
afterEach(() => {
  stop.abort();
  rmSync(folder, { recursive: true, force: true });
});

function following(changes: Partial<FollowOptions> = {}): { seen: string[]; done: Promise<void> } {
  const seen: string[] = [];
  const options = { history: 10, accept: () => true, follow: true, signal: stop.signal, pollMs: 10, ...changes };
  const done = (async () => {
    for await (const lines of followFile(path, options)) seen.push(...lines);
  })();
  return { seen, done };
}

describe('following a file', () => {
  test('begins with its last lines and goes on with new ones, whole', async () => {
    writeFileSync(path, 'a\nb\nc\n');
    const { seen, done } = following({ history: 2 });
    await vi.waitFor(() => expect(seen).toEqual(['b', 'c']));
    appendFileSync(path, 'd\ne');
    await vi.waitFor(() => expect(seen).toEqual(['b', 'c', 'd']));
    appendFileSync(path, 'f\n');
    await vi.waitFor(() => expect(seen).toEqual(['b', 'c', 'd', 'ef']));
    stop.abort();
    await done;
  });

  test('goes on through rotation, and misses nothing that the old file still gets', async () => {
    writeFileSync(path, 'a\n');
    const { seen } = following({ pollMs: 30 });
    await vi.waitFor(() => expect(seen).toEqual(['a']));
    renameSync(path, `${path}.1`);
    appendFileSync(`${path}.1`, 'b\n');
    writeFileSync(path, 'd\n');
    appendFileSync(`${path}.1`, 'c\n');
    await vi.waitFor(() => expect(seen).toEqual(['a', 'b', 'c', 'd']));
    appendFileSync(path, 'e\n');
    await vi.waitFor(() => expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']));
  });

  test('begins anew when it is truncated', async () => {
    writeFileSync(path, 'a\nlong line\n');
    const { seen } = following();
    await vi.waitFor(() => expect(seen).toHaveLength(2));
    truncateSync(path, 0);
    await sleep(50);
    appendFileSync(path, 'b\n');
    await vi.waitFor(() => expect(seen).toEqual(['a', 'long line', 'b']));
  });

  test('waits for a file that is not there, and says so once', async () => {
    const onMissing = vi.fn();
    const { seen } = following({ onMissing });
    await vi.waitFor(() => expect(onMissing).toHaveBeenCalledTimes(1));
    await sleep(50);
    writeFileSync(path, 'a\n');
    await vi.waitFor(() => expect(seen).toEqual(['a']));
    expect(onMissing).toHaveBeenCalledTimes(1);
  });

  test('shows only what is wanted', async () => {
    writeFileSync(path, 'a1\nb1\na2\nb2\n');
    const { seen } = following({ history: 1, accept: (line) => line.startsWith('a') });
    await vi.waitFor(() => expect(seen).toEqual(['a2']));
    appendFileSync(path, 'b3\na3\n');
    await vi.waitFor(() => expect(seen).toEqual(['a2', 'a3']));
  });
});

describe('not following a file', () => {
  test('ends at its end, with the last line even if it has none', async () => {
    writeFileSync(path, 'a\nb\nc');
    const { seen, done } = following({ follow: false, history: 1 });
    await done;
    expect(seen).toEqual(['b', 'c']);
  });

  test('fails where there is none', async () => {
    await expect(following({ follow: false }).done).rejects.toThrow(/ENOENT/);
  });
});
