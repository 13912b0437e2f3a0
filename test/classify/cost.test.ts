import { expect, test } from 'vitest';
import { compileRules } from '../../src/classify/compile.ts';
import { rulesInForce } from '../../src/classify/rules-in-force.ts';
import { parseSettings } from '../../src/classify/settings.ts';
import { tcp, tls } from './flows.ts';

const FEW = 10;
const MANY = 100_000;
const ROUNDS = 15;
const DECISIONS = 20_000;
/** The aim is 1.3; a busy machine needs room, and a list that is searched from end to end would be thousands. */
const MOST = 2;

function policyOf(hosts: number) {
  const entries = Array.from({ length: hosts }, (_, i) => ({ host: `host-${i}.example.cn` }));
  const { value } = parseSettings(JSON.stringify({ allow: entries.slice(0, FEW) }), 'test', []);
  const [first] = value?.allow ?? [];
  const allow = entries.flatMap(({ host }) =>
    first?.kind === 'name' ? [{ ...first, written: host, name: { kind: 'exact' as const, name: host } }] : [],
  );
  return compileRules(rulesInForce({ allow }, []));
}

test('a decision among a hundred thousand hosts costs about what it costs among ten', () => {
  const policies = [policyOf(FEW), policyOf(MANY)] as const;
  // Half of the names are allowed by both, half by none.
  const flows = Array.from({ length: 1_000 }, (_, i) =>
    tls(i % 2 === 0 ? `host-${i % FEW}.example.cn` : `no-${i}.example.cn`),
  );
  const to = tcp(443);
  const best = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    policies.forEach((policy, which) => {
      const before = performance.now();
      for (let i = 0; i < DECISIONS; i++) policy.decide(flows[i % flows.length]!, to);
      best[which] = Math.min(best[which]!, performance.now() - before);
    });
  }
  const [few, many] = best;
  expect(many! / few!, `${few} ms against ${many} ms`).toBeLessThan(MOST);
});
