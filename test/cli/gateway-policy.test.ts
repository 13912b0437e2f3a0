import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { loadGatewayPolicy } from '../../src/cli/gateway-policy.ts';

const folder = mkdtempSync(join(tmpdir(), 'chatgate-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

function load(content: string) {
  const file = join(folder, 'owner.yaml');
  writeFileSync(file, content);
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const policy = loadGatewayPolicy(file);
  const complaint = stderr.mock.calls.map(([text]) => String(text)).join('');
  stderr.mockRestore();
  return { policy, complaint };
}

test('what the rules need of the compiled policy comes with it', () => {
  const { policy, complaint } = load('lan: [wlan0]\nallow: [wechat, qq, {port: tcp/5222}, {host: a.example.cn}]\n');
  expect(policy?.tcpPorts).toContain(443);
  expect(policy?.tcpPorts).not.toContain(5222);
  expect(complaint).toBe('');
});

test('doubts are told, and the policy is had', () => {
  const { policy, complaint } = load('allow: []\n');
  expect(policy).not.toBeNull();
  expect(complaint).toMatch(/owner\.yaml.*warning/);
});

test('errors are told, all of them, and there is no policy', () => {
  const { policy, complaint } = load('lan: [wlan0]\nwhen_down: opn\nallow: [wehcat, {regex: "(?=a)"}]\n');
  expect(policy).toBeNull();
  expect(complaint).toMatch(/owner\.yaml:2:12: [\s\S]*owner\.yaml:3:9: [\s\S]*owner\.yaml:3:/);
});
