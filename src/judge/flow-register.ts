import { AgeList } from '../flow/age-list.ts';
import type { FlowKey } from '../flow/flow-key.ts';
import { FlowTable } from '../flow/flow-table.ts';
import type { Flow } from './flow.ts';
import { FlowState } from './flow-state.ts';
import {
  MAX_AWAITING_FLOWS,
  MAX_FOLLOWED_FLOWS,
  MAX_SETTLED_FLOWS,
  MAX_UNDECIDED_FLOWS,
  UNDECIDED_IDLE_MS,
  WATCHED_IDLE_MS,
} from './limits.ts';

/** Why a flow is forgotten: nothing was seen of it for its time, or younger ones need its place or its memory. */
export type Lapse = 'idle' | 'crowded-out' | 'too-much-remembered';

/** All flows that are remembered: by key, and by age in four groups with a cap and an idle time each. */
export class FlowRegister {
  readonly #table = new FlowTable<Flow>();
  readonly #undecided = new AgeList<Flow>();
  readonly #awaiting = new AgeList<Flow>();
  readonly #followed = new AgeList<Flow>();
  readonly #settled = new AgeList<Flow>();
  readonly #settledIdleMs: number;
  readonly #onLapse: (flow: Flow, lapse: Lapse) => void;

  constructor(settledIdleMs: number, onLapse: (flow: Flow, lapse: Lapse) => void) {
    this.#settledIdleMs = settledIdleMs;
    this.#onLapse = onLapse;
  }

  get size(): number {
    return this.#table.size;
  }

  get undecided(): number {
    return this.#undecided.size;
  }

  find(key: FlowKey): Flow | undefined {
    return this.#table.get(key);
  }

  add(key: FlowKey, flow: Flow, nowMs: number): void {
    flow.slot = this.#table.add(key, flow);
    this.place(flow, nowMs);
  }

  /** Notes that a packet of the flow was seen, and moves it to the group its state belongs to. */
  place(flow: Flow, nowMs: number): void {
    const list = this.#listFor(flow);
    if (flow.list === list) {
      list.touch(flow, nowMs);
      return;
    }
    flow.list?.remove(flow);
    flow.list = list;
    list.add(flow, nowMs);
    this.#crowdOut(this.#undecided, MAX_UNDECIDED_FLOWS);
    this.#crowdOut(this.#awaiting, MAX_AWAITING_FLOWS);
    this.#crowdOut(this.#followed, MAX_FOLLOWED_FLOWS);
    this.#crowdOut(this.#settled, MAX_SETTLED_FLOWS);
  }

  /** A flow that is not here is none the worse for it. */
  remove(flow: Flow): void {
    if (flow.slot === -1) return;
    flow.list?.remove(flow);
    flow.list = null;
    this.#table.remove(flow.slot);
    flow.slot = -1;
  }

  /** Lets go of the flow that has been undecided for longest, or else waited or been followed. False: there is none. */
  relieve(): boolean {
    const oldest = this.#undecided.oldest ?? this.#awaiting.oldest ?? this.#followed.oldest;
    if (oldest === null) return false;
    this.#lapse(oldest, 'too-much-remembered');
    return true;
  }

  expire(nowMs: number): void {
    this.#expireList(this.#undecided, nowMs - UNDECIDED_IDLE_MS);
    this.#expireList(this.#awaiting, nowMs - WATCHED_IDLE_MS);
    this.#expireList(this.#followed, nowMs - WATCHED_IDLE_MS);
    this.#expireList(this.#settled, nowMs - this.#settledIdleMs);
  }

  flows(): Generator<Flow> {
    return this.#table.values();
  }

  #listFor(flow: Flow): AgeList<Flow> {
    if (flow.conversation === null) return this.#settled;
    if (flow.state === FlowState.followed) return this.#followed;
    return flow.rule === null ? this.#undecided : this.#awaiting;
  }

  #crowdOut(list: AgeList<Flow>, max: number): void {
    while (list.size > max && list.oldest !== null) this.#lapse(list.oldest, 'crowded-out');
  }

  #expireList(list: AgeList<Flow>, beforeMs: number): void {
    while (list.oldest !== null && list.oldest.lastSeenMs < beforeMs) this.#lapse(list.oldest, 'idle');
  }

  #lapse(flow: Flow, lapse: Lapse): void {
    this.remove(flow);
    this.#onLapse(flow, lapse);
  }
}
