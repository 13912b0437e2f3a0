import type { RuleId } from '../../src/classify/decision.ts';
import type { VerdictRecord } from '../../src/judge/verdict-record.ts';

export function ruleId(text: string): RuleId {
  return text as RuleId;
}

/** A denied TLS connection, with what a test says different. */
export function recordWith(changes: Partial<VerdictRecord> = {}): VerdictRecord {
  return {
    atMs: Date.UTC(2024, 0, 1),
    flowId: 7,
    inInterface: 'wlan0',
    addresses: Uint8Array.of(10, 0, 0, 9, 192, 0, 2, 1, 2, 0, 0, 0, 0, 0xa),
    addressBytes: 4,
    sourcePort: 40_000,
    destinationPort: 443,
    protocol: 6,
    facts: { app: 'tls', name: 'video.example', ech: false },
    action: 'drop',
    rule: null,
    reason: 'name-not-allowed',
    ...changes,
  };
}
