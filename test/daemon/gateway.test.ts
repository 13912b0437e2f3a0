import { expect, test } from 'vitest';
import { defaultPolicy } from '../../src/cli/policy-file.ts';
import { Gateway } from '../../src/daemon/gateway.ts';
import type { CommandResult, Host } from '../../src/firewall/host.ts';

const ENOENT = 2;

/** A box on which nft can do everything and nothing of ours stands; `done` is what was done, in order. */
function starting(stop: AbortSignal) {
  const done: string[] = [];
  const host: Host = {
    run(command, args): CommandResult {
      const line = [command, ...args].join(' ');
      done.push(line);
      if (line.includes('list')) return { exitCode: 1, stdout: '', stderr: 'Error: No such file or directory' };
      const stdout = '[ payload load 4b @ transport header + 8 => reg 1 ]\n[ ct set secmark with reg 1 ]\n';
      return { exitCode: 0, stdout, stderr: '' };
    },
    requestNfnetlink: (datagram) =>
      Buffer.from(datagram).readUInt16LE(4) === 0x0a04 ? [ENOENT, ENOENT, ENOENT, ENOENT] : [0],
    legacyTables: () => [],
    kernelRelease: () => '6.1.0',
    speaksIpv6: () => true,
  };
  const pool = {
    open: async () => void done.push('workers bind'),
    serve: () => void done.push('workers serve'),
    stop: async () => void done.push('workers stop'),
  };
  const reading = defaultPolicy();
  if (reading.kind !== 'read') throw new Error('the shipped packs cannot be read');
  const { settings, packs } = reading.policy;
  const start = Gateway.start({
    settings: { ...settings, lan: ['wlan0'] },
    packs,
    tcpPorts: [80, 443],
    pool,
    stop,
    host,
    cores: 2,
    devices: [],
    onWarning: () => {},
    onLines: () => {},
    onDeath: () => {},
  });
  return { start, done };
}

test('queues are bound, then the rules put in place, then verdicts given', async () => {
  const { start, done } = starting(new AbortController().signal);
  expect((await start).backendName).toBe('nft');
  const steps = done.filter((line) => /^workers|^nft -f/.test(line));
  expect(steps).toEqual(['workers bind', 'nft -f -', 'workers serve']);
});

test('who is told to stop meanwhile puts no rules in place', async () => {
  const stop = new AbortController();
  const { start, done } = starting(stop.signal);
  stop.abort(0);
  await expect(start).rejects.toBe(0);
  expect(done.at(-1)).toBe('workers stop');
  for (const line of done) expect(line).not.toMatch(/^nft -f|serve/);
});
