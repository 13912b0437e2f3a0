import type { Endpoint } from '../../src/classify/decision.ts';
import type { Policy } from '../../src/classify/policy.ts';
import { DISSECTORS } from '../../src/dissect/dissectors.ts';
import { FREE, type StreamOutcome, type StreamStep } from '../../src/dissect/outcome.ts';
import { concat } from '../dissect/hex.ts';

/**
 * The slow and obvious reading of a connection: what the server has really got, byte after byte, and what it has
 * really sent, in the order in which it did. It knows nothing of segments.
 */
export class WholeStream {
  /** What the policy said of what was recognised, or the step that broke it off. */
  verdict: 'undecided' | 'allowed' | 'denied' = 'undecided';
  readonly #policy: Policy;
  readonly #to: Endpoint;
  #client: StreamStep | typeof FREE;
  #server: StreamStep | typeof FREE | null = null;
  #unreadOfClient: Uint8Array = new Uint8Array(0);
  #unreadOfServer: Uint8Array = new Uint8Array(0);

  constructor(policy: Policy, port: number) {
    this.#policy = policy;
    this.#to = { transport: 'tcp', port, address: Uint8Array.of(203, 0, 113, 5) };
    this.#client = (bytes) => firstOf(port, bytes);
  }

  fromClient(bytes: Uint8Array): void {
    this.#unreadOfClient = concat(this.#unreadOfClient, bytes);
    this.#readClient();
    this.#readServer();
  }

  /** A server that speaks first is heard once the client has said what it is. */
  fromServer(bytes: Uint8Array): void {
    this.#unreadOfServer = concat(this.#unreadOfServer, bytes);
    this.#readServer();
    this.#readClient();
  }

  #readServer(): void {
    while (this.#server !== FREE && this.#server !== null && this.#unreadOfServer.length > 0) {
      const outcome: StreamOutcome = this.#server(this.#unreadOfServer);
      if (outcome.kind === 'more') return;
      if (outcome.kind === 'never') {
        this.verdict = 'denied';
        return;
      }
      this.#unreadOfServer = this.#unreadOfServer.subarray(outcome.consumed);
      const skipped = Math.min(outcome.skip, this.#unreadOfServer.length);
      this.#unreadOfServer = this.#unreadOfServer.subarray(skipped);
      this.#server = outcome.skip > skipped ? skipping(outcome.skip - skipped, outcome.next) : outcome.next;
      if (outcome.answer !== undefined) this.#client = outcome.answer;
    }
  }

  #readClient(): void {
    while (this.#client !== FREE && this.#unreadOfClient.length > 0 && this.verdict !== 'denied') {
      const outcome: StreamOutcome = this.#client(this.#unreadOfClient);
      if (outcome.kind === 'more') return;
      if (outcome.kind === 'never') {
        this.verdict = 'denied';
        return;
      }
      if (outcome.facts !== null) {
        this.verdict = this.#policy.decide(outcome.facts, this.#to).action === 'allow' ? 'allowed' : 'denied';
      }
      this.#unreadOfClient = this.#unreadOfClient.subarray(outcome.consumed);
      const skipped = Math.min(outcome.skip, this.#unreadOfClient.length);
      this.#unreadOfClient = this.#unreadOfClient.subarray(skipped);
      this.#client = outcome.skip > skipped ? skipping(outcome.skip - skipped, outcome.next) : outcome.next;
      this.#server = outcome.answer ?? this.#server ?? FREE;
    }
  }
}

/** Passes over bytes that are yet to come. */
function skipping(left: number, next: StreamStep | typeof FREE): StreamStep {
  return (bytes) => {
    const consumed = Math.min(left, bytes.length);
    const then = consumed === left ? next : skipping(left - consumed, next);
    return { kind: 'match', facts: null, consumed, skip: 0, next: then };
  };
}

function firstOf(port: number, bytes: Uint8Array): StreamOutcome {
  let isWaiting = false;
  for (const dissector of DISSECTORS) {
    if (dissector.transport !== 'tcp' || (dissector.ports !== 'any' && !dissector.ports.includes(port))) continue;
    const outcome = dissector.begin(bytes);
    if (outcome.kind === 'match') return outcome;
    if (outcome.kind === 'more') isWaiting = true;
  }
  return isWaiting ? { kind: 'more', atLeast: bytes.length + 1 } : { kind: 'never', code: null };
}
