import { expect, test } from 'vitest';
import { VerdictLines } from '../../src/daemon/verdict-lines.ts';
import type { VerdictRecord } from '../../src/judge/verdict-record.ts';
import { recordWith, ruleId } from '../log/verdict-records.ts';

const NOON_MS = Date.UTC(2026, 0, 15, 12);
/** More than are written at a time. */
const MANY = 1_000;
/** As long as lines wait at the most. */
const LONG_MS = 250;

function allowed(flowId: number, changes: Partial<VerdictRecord> = {}): VerdictRecord {
  return recordWith({ flowId, atMs: 0, action: 'allow', rule: ruleId('wechat/tls'), ...changes });
}

/** Lines under clocks that the test moves: the judge's began when the calendar said noon. */
function linesOf() {
  const clock = { judgeMs: 0, setMs: NOON_MS };
  const posted: { text: string; count: number }[] = [];
  const unixMs = () => clock.setMs + clock.judgeMs;
  const lines = new VerdictLines({ unixMs, judgeMs: () => clock.judgeMs }, (message) => {
    if (message.kind !== 'lines') return;
    posted.push({ text: Buffer.from(message.bytes).toString('latin1'), count: message.count });
  });
  const written = () =>
    posted
      .flatMap(({ text }) => text.trimEnd().split('\n'))
      .map((line): { flow_id: number; timestamp: string; count?: number } => JSON.parse(line));
  return { clock, lines, posted, written };
}

test('a line has the time of day of its packet, not that of its writing', () => {
  const { clock, lines, written } = linesOf();
  lines.add(allowed(1, { atMs: 1_500 }));
  clock.judgeMs = 1_800;
  lines.flushIfDue();
  expect(written().map(({ timestamp }) => timestamp)).toEqual(['2026-01-15T12:00:01.500000+0000']);
});

test('the time of day follows a calendar that is set anew', () => {
  const { clock, lines, written } = linesOf();
  clock.setMs += 3_600_000;
  lines.flushIfDue();
  lines.add(allowed(1));
  lines.close();
  expect(written().map(({ timestamp }) => timestamp)).toEqual(['2026-01-15T13:00:00.000000+0000']);
});

test('however many verdicts there are, each has its line, in their order, and is counted', () => {
  const { clock, lines, posted, written } = linesOf();
  const ids = Array.from({ length: MANY }, (_, nth) => nth);
  for (const flowId of ids) {
    lines.add(allowed(flowId));
    if (flowId % 400 !== 399) continue;
    clock.judgeMs += LONG_MS;
    lines.flushIfDue();
  }
  lines.close();
  expect(written().map(({ flow_id }) => flow_id)).toEqual(ids);
  expect(posted.map(({ count }) => count)).toEqual([400, 400, 200]);
});

test('after a quiet time a verdict is handed over at the next occasion, those that follow a quarter of a second later', () => {
  const { clock, lines, posted } = linesOf();
  const handedOver = [];
  for (let ms = 0; ms <= 600; ms += 20) {
    clock.judgeMs = ms;
    lines.add(allowed(ms));
    lines.flushIfDue();
    if (posted.length > handedOver.length) handedOver.push(ms);
  }
  expect(handedOver).toEqual([0, 260, 520]);
});

test('a full bundle is handed over at once, and nothing of it is said twice', () => {
  const { lines, posted, written } = linesOf();
  const path = `/${'x'.repeat(16_000)}`;
  const facts = { app: 'http', name: 'example.cn', method: 'GET', path } as const;
  for (let flowId = 0; flowId < MANY; flowId += 1) {
    lines.add(allowed(flowId, { facts }));
    lines.flushIfDue();
  }
  expect(posted.length).toBeGreaterThan(10);
  lines.close();
  expect(written().map(({ flow_id }) => flow_id)).toEqual(Array.from({ length: MANY }, (_, nth) => nth));
});

test('denials alike become one line, at the latest when all is closed', () => {
  const { clock, lines, written } = linesOf();
  for (let flowId = 0; flowId < 3; flowId += 1) lines.add(recordWith({ flowId, atMs: 0 }));
  clock.judgeMs += LONG_MS;
  lines.flushIfDue();
  expect(written().map(({ count }) => count)).toEqual([undefined]);
  lines.close();
  expect(written().map(({ count }) => count)).toEqual([undefined, 2]);
});
