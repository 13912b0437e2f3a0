import { FlowState } from '../../src/judge/flow-state.ts';
import { type Fate, GatewayModel, type ModelFlow } from '../judge/gateway-model.ts';
import { optionsFor } from './tcp-options.ts';
import type { Down, Step, Trick, Up } from './trick.ts';

/** What became of a trick that was played to the judge behind the model of the kernel's rules. */
export interface Course {
  /** As `GatewayModel.lastVerdict`. */
  readonly verdict: string;
  /** Whether the kernel passes what follows on its own, at least from the server. */
  readonly isSettled: boolean;
  /** What the gateway let through of all that was sent to arrive, in both directions. */
  readonly passed: 'everything' | 'not the last' | 'the last';
}

/** Plays steps to a judge that has seen nothing yet. */
export function play(trick: Trick, family: '4' | '6', steps: readonly Step[] = trick.steps): Course {
  const player = new Player(trick, family);
  for (const step of steps) player.take(step);
  return player.course();
}

interface Sent {
  readonly fate: Fate;
  readonly at: number;
  readonly length: number;
}

class Player {
  readonly #model = new GatewayModel();
  readonly #flow: ModelFlow;
  readonly #isTcp: boolean;
  #sent: Sent[] = [];
  #sentDown = 0;
  #hasBegun = false;

  constructor(trick: Trick, family: '4' | '6') {
    this.#isTcp = trick.transport === 'tcp';
    this.#flow = this.#model.flow({ family, protocol: this.#isTcp ? 6 : 17, serverPort: trick.port });
  }

  take(step: Step): void {
    if (!this.#hasBegun && this.#isTcp && !isOpening(step)) this.#flow.handshake();
    this.#hasBegun = true;
    if (step.kind === 'again') this.#again();
    else if (step.kind === 'wait') this.#model.later(step.ms);
    else if (step.kind === 'up') this.#up(step);
    else this.#down(step);
  }

  course(): Course {
    const isLost = ({ fate }: Sent): boolean => fate !== 'passed';
    const last = this.#sent.at(-1);
    const { verdict, isSettled } = {
      verdict: this.#model.lastVerdict,
      isSettled: this.#flow.state === FlowState.followed || this.#flow.state === FlowState.allowed,
    };
    if (!this.#sent.some(isLost)) return { verdict, isSettled, passed: 'everything' };
    return { verdict, isSettled, passed: last !== undefined && isLost(last) ? 'not the last' : 'the last' };
  }

  #again(): void {
    // Servers choose another number for every connection (RFC 6528), clients may choose the same again.
    this.#flow.serverStart += 250_000;
    this.#flow.handshake();
    this.#sent = [];
    this.#sentDown = 0;
  }

  #up(step: Up): void {
    // Connection tracking throws these away, and what carries nothing passes in the kernel.
    if (step.loss === 'checksum' || step.loss === 'window' || (this.#isTcp && step.bytes.length === 0)) return;
    const fate = this.#flow.up(step.at, step.bytes, { flags: step.flags, tcpOptions: optionsFor(step.loss) });
    if (step.loss !== null) return;
    const at = step.flags === 'S' ? step.at + 1 : step.at;
    this.#sent.push({ fate, at, length: step.bytes.length });
  }

  #down(step: Down): void {
    const fate = this.#flow.down(this.#sentDown, step.bytes, endOf(this.#sent.filter(({ fate }) => fate === 'passed')));
    this.#sent.push({ fate, at: 0, length: 0 });
    this.#sentDown += step.bytes.length;
  }
}

function isOpening(step: Step): boolean {
  return step.kind === 'up' && step.flags === 'S';
}

/** What the far end has of a stream: its bytes without a gap from the first on. */
function endOf(pieces: readonly Sent[]): number {
  let end = 0;
  for (let before = -1; before !== end; ) {
    before = end;
    for (const { at, length } of pieces) if (at <= end) end = Math.max(end, at + length);
  }
  return end;
}
