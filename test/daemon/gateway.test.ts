import { expect, test } from 'vitest';
import { defaultSettings } from '../../src/classify/settings.ts';
import { Gateway } from '../../src/daemon/gateway.ts';
import { shippedPacks } from '../classify/shipped-packs.ts';
import { box, DEBIAN } from '../firewall/box.ts';

/** On a box on which nft can do everything and nothing of ours stands; `calls` is what was done, in order. */
function starting(stop: AbortSignal) {
  const { host, calls } = box(DEBIAN);
  const done = (line: string) => void calls.push({ line, input: '' });
  const pool = {
    open: async () => done('workers bind'),
    serve: () => done('workers serve'),
    stop: async () => done('workers stop'),
  };
  const packs = shippedPacks();
  const start = Gateway.start({
    settings: { ...defaultSettings(packs), lan: ['wlan0'] },
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
  return { start, lines: () => calls.map(({ line }) => line) };
}

test('queues are bound, then the rules put in place, then verdicts given', async () => {
  const { start, lines } = starting(new AbortController().signal);
  expect((await start).backendName).toBe('nft');
  const steps = lines().filter((line) => /^workers|^nft -f/.test(line));
  expect(steps).toEqual(['workers bind', 'nft -f -', 'workers serve']);
});

test('who is told to stop meanwhile puts no rules in place', async () => {
  const stop = new AbortController();
  const { start, lines } = starting(stop.signal);
  stop.abort(0);
  await expect(start).rejects.toBe(0);
  expect(lines().at(-1)).toBe('workers stop');
  for (const line of lines()) expect(line).not.toMatch(/^nft -f|serve/);
});
