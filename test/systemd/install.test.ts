import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const built = existsSync(join(ROOT, 'dist/main.cjs'));
const name = 'installing below a folder';

(built ? describe : describe.skip)(built ? name : `${name} — skipped: dist is missing (run npm run build)`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'chatgate-install-'));
  const at = (path: string): string => join(folder, path);
  const run = (script: string, ...args: string[]): string =>
    execFileSync('bash', [join(ROOT, 'systemd', script), ...args], {
      env: { ...process.env, DESTDIR: folder },
      encoding: 'utf8',
    });
  beforeAll(() => {
    run('install.sh', '--lan', 'wlp3s0');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('lays out a program that runs with what lies beside it', () => {
    const { status, stdout } = spawnSync(process.execPath, [at('usr/lib/chatgate/dist/main.cjs'), '--help'], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('chatgate') });
    expect(existsSync(at('usr/lib/chatgate/node_modules/koffi'))).toBe(true);
    expect(existsSync(at('usr/lib/chatgate/node_modules/vitest'))).toBe(false);
  });

  test('writes a unit, a command, and a config for the interface that was named', () => {
    expect(readFileSync(at('etc/systemd/system/chatgate.service'), 'utf8')).toContain(`ExecStart=${process.execPath}`);
    expect(statSync(at('usr/local/bin/chatgate')).mode & 0o777).toBe(0o755);
    expect(readFileSync(at('etc/chatgate/chatgate.yaml'), 'utf8')).toMatch(/^lan: \[wlp3s0\]$/m);
  });

  test('a second time keeps the config and changes nothing else', () => {
    const before = everyFile();
    writeFileSync(at('etc/chatgate/chatgate.yaml'), '# the owner was here\n');
    run('install.sh');
    expect(everyFile()).toEqual(before);
    expect(readFileSync(at('etc/chatgate/chatgate.yaml'), 'utf8')).toBe('# the owner was here\n');
  });

  test('systemd finds no fault with the unit', ({ skip }) => {
    const analyze = spawnSync('systemd-analyze', ['verify', at('etc/systemd/system/chatgate.service')], {
      encoding: 'utf8',
    });
    if (analyze.error) skip('systemd-analyze is not installed');
    expect(analyze.stderr.split('\n').filter((line) => line.includes('chatgate.service'))).toEqual([]);
  });

  test('uninstalling leaves the config alone, and a purge leaves nothing', () => {
    run('uninstall.sh');
    expect(everyFile()).toEqual(['etc/chatgate/chatgate.yaml']);
    run('uninstall.sh');
    run('uninstall.sh', '--purge');
    expect(everyFile()).toEqual([]);
  });

  function everyFile(): string[] {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort();
  }
});
