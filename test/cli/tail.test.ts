import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { addTail } from '../../src/cli/tail.ts';
import { eveLine } from '../log/eve-line.ts';
import { recordWith, ruleId } from '../log/verdict-records.ts';

const LINES = [
  eveLine(recordWith()),
  'not JSON',
  '',
  eveLine(
    recordWith({
      action: 'allow',
      rule: ruleId('wechat/text'),
      reason: 'allowed-by-rule',
      addresses: Uint8Array.of(10, 0, 0, 8, 192, 0, 2, 1),
    }),
  ),
  '{"event_type":"stats"}',
];

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatgate-tail-'));
  // The runner of the tests may force colours, e.g. for a build server's log.
  vi.stubEnv('FORCE_COLOR', undefined);
  vi.stubEnv('NO_COLOR', undefined);
  path = join(folder, 'verdict.json');
  writeFileSync(path, `${LINES.join('\n')}\n`);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function tail(...args: string[]): Promise<{ out: string[]; err: string; status: unknown }> {
  let [out, err] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text;
    return true;
  });
  const program = new Command().exitOverride();
  addTail(program);
  program.commands[0]?.exitOverride();
  await program.parseAsync(['tail', ...args], { from: 'user' });
  return { out: out.split('\n').slice(0, -1), err, status: process.exitCode };
}

describe('chatgate tail', () => {
  test('shows verdicts for people and other lines as they are', async () => {
    const { out, status } = await tail('--file', path, '--no-follow');
    expect(out).toEqual([
      expect.stringMatching(/drop {2}10\.0\.0\.9:40000 +→ video\.example:443 {2}tls {2}name-not-allowed$/),
      'not JSON',
      expect.stringMatching(/allow 10\.0\.0\.8:40000 +→ video\.example:443 {2}tls {2}wechat\/text$/),
      '{"event_type":"stats"}',
    ]);
    expect(status).toBe(0);
  });

  test.each([
    [['--drop'], /drop/],
    [['--allow'], /allow/],
    [['--client', '10.0.0.8'], /10\.0\.0\.8/],
    [['--rule', 'not-allowed'], /drop/],
    [['--host', 'video', '--lines', '1'], /allow/],
  ])('with %o shows one verdict and nothing else', async (options, expected) => {
    const { out } = await tail(path, '--no-follow', ...options);
    expect(out).toEqual([expect.stringMatching(expected)]);
  });

  test('begins with as many lines as asked for', async () => {
    expect((await tail(path, '--no-follow', '-n', '2')).out).toHaveLength(2);
    expect((await tail(path, '--no-follow', '-n', '0')).out).toEqual([]);
  });

  test('says so when there is no file', async () => {
    const { err, status } = await tail(join(folder, 'nothing'), '--no-follow');
    expect(err).toMatch(/cannot read .*nothing: there is no such file/);
    expect(status).toBe(1);
  });

  test.each([
    [['--lines', 'many'], /number of lines/],
    [['--client', 'phone'], /IPv4 or IPv6 address/],
  ])('refuses %o', async (options, message) => {
    await expect(tail(path, ...options)).rejects.toThrow(message);
  });
});
