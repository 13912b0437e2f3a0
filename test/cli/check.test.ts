import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { addCheck, check } from '../../src/cli/check.ts';

const folder = mkdtempSync(join(tmpdir(), 'chatgate-check-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test('a good file is summed up', () => {
  const many = Array.from({ length: 9 }, (_, i) => `host: h${i}.example.cn`).join('}, {');
  const good = file('good.yaml', `lan: [wlan0, wlan1]\nallow: [wechat/text, {${many}}, {port: udp/5222}]\n`);
  const { exitCode, stdout, stderr } = check(good);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain(`${good} is good\n`);
  expect(stdout).toMatch(/interfaces +wlan0, wlan1\n/);
  expect(stdout).toMatch(/packs +wechat\/text\n/);
  expect(stdout).toMatch(/hosts +h0.example.cn.*h4.example.cn and 4 more\n/);
  expect(stdout).toMatch(/ports +udp\/5222\n/);
  expect(stdout).not.toContain('addresses');
});

test('the shipped policy is good', () => {
  expect(check('rules/chatgate.yaml')).toMatchObject({ exitCode: 0, stderr: '' });
});

test('doubts are said and leave the file good', () => {
  const { exitCode, stderr } = check(file('doubtful.yaml', 'allow: []'));
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/warning: no interface is named/);
  expect(stderr).toMatch(/warning: nothing is allowed/);
});

test('every error is said, and nothing else', () => {
  const { exitCode, stdout, stderr } = check(file('bad.yaml', 'lan: [wlan0]\nwhen_down: opn\nallow: [wehcat]\n'));
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(/bad\.yaml:2:12: .*\n {2}2 \| when_down: opn\n {4}\| {12}\^\^\^\n {2}did you mean "open"\?\n/);
  expect(stderr).toMatch(/bad\.yaml:3:9: /);
  expect(stderr).toMatch(/bad\.yaml: 2 errors, nothing was loaded\n$/);
});

describe('a file that cannot be read ends with 2', () => {
  test.each([
    ['missing', () => join(folder, 'nowhere.yaml'), /there is no such file\n {2}.*copy .*rules\/chatgate\.yaml/],
    ['a folder', () => folder, /this is a folder/],
    [
      'not UTF-8',
      () => file('latin1.yaml', Buffer.from('lan: [wlan0]\n# caf\xe9\n', 'latin1')),
      /:2:1: this line is not UTF-8/,
    ],
    ['a device', () => '/dev/zero', /a device/],
    ['too large', () => file('large.yaml', Buffer.alloc(17 * 1024 * 1024, '#')), /larger than/],
  ])('%s', (_, path, message) => {
    const { exitCode, stdout, stderr } = check(path());
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

test('the command prints and sets the exit status', () => {
  const written: string[] = [];
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    const program = new Command();
    addCheck(program);
    program.parse(['check', join(folder, 'nowhere.yaml')], { from: 'user' });
    expect(process.exitCode).toBe(2);
    expect(written.join('')).toMatch(/no such file/);
  } finally {
    process.exitCode = undefined;
    write.mockRestore();
  }
});
