import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { findGatewayPolicy } from '../../src/cli/gateway-policy.ts';
import { findInThread } from '../../src/cli/read-in-thread.ts';
import { ROOT } from '../gateway/rig/compiled.ts';

/** Node 20 does not read TypeScript. */
const COMPILED = join(ROOT, 'dist/cli/policy-thread.js');

const folder = mkdtempSync(join(tmpdir(), 'chatgate-thread-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const CASES: readonly (readonly [what: string, path: string])[] = [
  ['a right file', file('right.yaml', 'lan: [wlan0]\nallow: [wechat, qq, {port: tcp/5222}, {host: a.example.cn}]\n')],
  ['expressions', file('regex.yaml', 'lan: [wlan0]\nallow: [{regex: "^a+\\\\.example$"}]\n')],
  ['doubts', file('doubtful.yaml', 'allow: []\n')],
  ['several errors', file('wrong.yaml', 'lan: [wlan0]\nwhen_down: opn\nallow: [wehcat, {regex: "(?=a)"}]\n')],
  ['no YAML', file('broken.yaml', 'lan: [wlan0\nallow: ]\n')],
  ['a missing file', join(folder, 'nowhere.yaml')],
];

describe.skipIf(!existsSync(COMPILED))('a thread finds what is found without one', () => {
  test.each(CASES)('%s', async (_, path) => {
    const direct = findGatewayPolicy(path);
    // In dist and in src, the packs are the same files.
    expect(await findInThread(path, pathToFileURL(COMPILED))).toEqual(direct);
  });

  test('a reader that cannot be started is told as what it is', async () => {
    await expect(findInThread(undefined, pathToFileURL(join(folder, 'no-thread.js')))).rejects.toThrow(/no-thread/);
  });
});

test('what the rules need of the compiled policy comes with it, and complaints leave none', () => {
  const [right, , , wrong] = CASES.map(([, path]) => findGatewayPolicy(path));
  expect(right?.policy?.tcpPorts).toContain(443);
  expect(right?.policy?.tcpPorts).not.toContain(5222);
  expect(wrong?.policy).toBeNull();
  expect(wrong?.complaint).toMatch(/wrong\.yaml:2:12: [\s\S]*wrong\.yaml:3:9: [\s\S]*wrong\.yaml:3:/);
});
