import { compileRules } from '../classify/compile.ts';
import type { Decision, Endpoint } from '../classify/decision.ts';
import type { Policy } from '../classify/policy.ts';
import { rulesInForce } from '../classify/rules-in-force.ts';
import type { Dissector } from '../dissect/dissector.ts';
import { DISSECTORS } from '../dissect/dissectors.ts';
import type { Facts } from '../dissect/facts.ts';
import { FREE, type StreamStep } from '../dissect/outcome.ts';
import { explainReason } from '../judge/reasons.ts';
import { describeRule } from './describe-rule.ts';
import type { Explanation } from './explain-name.ts';
import type { PolicyData } from './policy-file.ts';

/** What one dissector made of the bytes. */
type Finding =
  | { readonly kind: 'recognised'; readonly facts: Facts }
  | { readonly kind: 'more'; readonly needed: string }
  | { readonly kind: 'broken'; readonly code: string }
  | { readonly kind: 'other' };

/** @param bytes a client's first bytes, or its first datagram: both are tried. */
export function explainBytes(bytes: Uint8Array, policy: PolicyData, file: string): Explanation {
  const rules = rulesInForce(policy.settings, policy.packs, file);
  const compiled = compileRules(rules);
  const ruleText = new Map(rules.map((rule) => [rule.id, describeRule(rule)]));
  const findings = DISSECTORS.map((dissector) => ({ dissector, finding: look(dissector, bytes) }));
  const lines: string[] = [];
  let allowed = false;
  for (const { dissector, finding } of findings) {
    if (finding.kind !== 'recognised') continue;
    lines.push(`${over(dissector)}: recognised, ${describeFacts(finding.facts)}\n`);
    for (const [decision, ports] of verdicts(finding.facts, dissector, compiled)) {
      const where = `on ${dissector.transport} ${ports}`;
      if (decision.action === 'allow') {
        allowed = true;
        lines.push(`  allowed ${where}\n`, ruleText.get(decision.rule) ?? '');
      } else {
        lines.push(`  not allowed ${where}: ${decision.reason}\n    ${explainReason(decision.reason) ?? ''}\n`);
      }
    }
  }
  return lines.length > 0 ? { allowed, text: lines.join('') } : { allowed: false, text: unrecognised(bytes, findings) };
}

function over({ app, transport }: Dissector): string {
  return `${app} over ${transport}`;
}

function unrecognised(bytes: Uint8Array, findings: readonly { dissector: Dissector; finding: Finding }[]): string {
  const size = bytes.length === 1 ? '1 byte' : `${bytes.length} bytes`;
  const lines = [`Nothing is recognised in these ${size}: such a flow passes only where everything does.\n`];
  for (const { dissector, finding } of findings) {
    if (finding.kind === 'broken')
      lines.push(`  ${over(dissector)}: looks like it, but breaks its rules (${finding.code})\n`);
    if (finding.kind === 'more') lines.push(`  ${over(dissector)}: fits so far; ${finding.needed}\n`);
  }
  return lines.join('');
}

function look(dissector: Dissector, bytes: Uint8Array): Finding {
  if (dissector.transport === 'tcp') return lookAtStream(dissector.begin, bytes);
  const outcome = dissector.begin(bytes);
  if (outcome.kind === 'never') return broken(outcome.code);
  if (outcome.kind === 'more') return { kind: 'more', needed: 'more datagrams have to tell' };
  return outcome.facts === null ? { kind: 'other' } : { kind: 'recognised', facts: outcome.facts };
}

/** Follows the steps of the client's direction until one says what it is. */
function lookAtStream(begin: StreamStep, bytes: Uint8Array): Finding {
  let step = begin;
  let unread = bytes;
  for (;;) {
    const outcome = step(unread);
    if (outcome.kind === 'never') return broken(outcome.code);
    if (outcome.kind === 'more') {
      const missing = outcome.atLeast - unread.length;
      return {
        kind: 'more',
        needed: `at least ${missing === 1 ? '1 more byte has' : `${missing} more bytes have`} to tell`,
      };
    }
    if (outcome.facts !== null) return { kind: 'recognised', facts: outcome.facts };
    const read = outcome.consumed + outcome.skip;
    if (outcome.next === FREE || read === 0) return { kind: 'other' };
    step = outcome.next;
    unread = unread.subarray(read);
  }
}

function broken(code: string | null): Finding {
  return code === null ? { kind: 'other' } : { kind: 'broken', code };
}

const HIGHEST_PORT = 65_535;
/** Documentation address (RFC 5737): in none of the networks a rule names. */
const SOMEWHERE = Uint8Array.of(192, 0, 2, 1);

/** Every decision there is, with the ports it holds on; those that nothing uses are left out. */
function verdicts(facts: Facts, { transport, ports }: Dissector, policy: Policy): ReadonlyMap<Decision, string> {
  const found = new Map<Decision, { first: number; last: number }[]>();
  const asked = ports === 'any' ? Array.from({ length: HIGHEST_PORT }, (_, i) => i + 1) : ports;
  for (const port of asked) {
    const to: Endpoint = { transport, port, address: SOMEWHERE };
    const decision = policy.decideAtStart(to) ?? policy.decide(facts, to);
    if (decision.action === 'deny' && decision.reason === 'port-not-allowed') continue;
    const ranges = found.get(decision) ?? [];
    const latest = ranges.at(-1);
    if (latest?.last === port - 1) latest.last = port;
    else ranges.push({ first: port, last: port });
    found.set(decision, ranges);
  }
  const shown = (ranges: { first: number; last: number }[]) =>
    ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
  return new Map([...found].map(([decision, ranges]) => [decision, shown(ranges)]));
}

function describeFacts(facts: Facts): string {
  const said = Object.entries(facts).filter(([key]) => key !== 'app');
  return (
    said.map(([key, value]) => `${key} ${value === null ? 'not said' : String(value)}`).join(', ') ||
    'says nothing more'
  );
}
