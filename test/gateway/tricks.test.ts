import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Trick } from '../evasion/trick.ts';
import { nameOf, TRICKS } from '../evasion/tricks.ts';
import { type Course, playTrick } from './play-trick.ts';
import { FAMILIES, type Family } from './rig/addresses.ts';
import { Chatgate, configure, type Verdict } from './rig/chatgate.ts';
import { describeWith, gatewayMissing } from './rig/gateway-rig.ts';
import { makeRig, type Rig } from './rig/rig.ts';

/** So many at a time keep two cores busy and no server waiting. */
const AT_A_TIME = 24;
/** The daemon writes its log in the background. */
const LOG_MS = 400;

const FIRST_PORT = 40_000;

const played = TRICKS.flatMap(([about, tricks]) =>
  tricks.flatMap((trick) => (trick.service === null ? [] : [{ about, trick, service: trick.service }])),
);
const all = FAMILIES.flatMap((family) => played.map((each) => ({ ...each, family })));

describeWith(gatewayMissing, 'the tricks, behind the real gateway', () => {
  const courses = new Map<string, Course>();
  let verdicts: readonly Verdict[] = [];
  let rig: Rig;
  let daemon: Chatgate;

  beforeAll(async () => {
    rig = await makeRig();
    daemon = await Chatgate.start(rig, configure(rig));
    const waiting = all.entries();
    const worker = async (): Promise<void> => {
      for (const [index, { trick, family, service }] of waiting) {
        courses.set(key(trick, family), await playTrick(rig.phone, trick, service, family, FIRST_PORT + index));
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, worker));
    await sleep(LOG_MS);
    verdicts = daemon.verdicts();
  });
  afterAll(async () => {
    await daemon.stop();
    rig.remove();
  });

  describe.each(FAMILIES)('over %s', (family) => {
    test.each(played.map(({ about, trick }) => [about, nameOf(trick), trick] as const))('%s: %s', (_, __, trick) => {
      const course = courses.get(key(trick, family));
      const verdict = verdicts.findLast(({ src_port, dest_ip, proto }) => {
        return src_port === course?.localPort && dest_ip === course.address && proto === trick.transport.toUpperCase();
      })?.verdict;
      const { expected } = trick;
      expect(course?.lastArrived, `the last arrived, although ${trick.why}`).toBe('allow' in expected);
      // Denials that repeat themselves are folded into one line, so that one may be missing, but never an allow.
      if ('allow' in expected) expect(`${verdict?.action} ${verdict?.rule}`, trick.why).toBe(`allow ${expected.allow}`);
      else if (verdict?.action === 'drop') expect(verdict.reason, trick.why).toBe(expected.drop);
    });
  });
});

function key(trick: Trick, family: Family): string {
  return `${nameOf(trick)} ${family}`;
}
