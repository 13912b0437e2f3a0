import type { RuleId } from '../classify/decision.ts';
import { FREE, type StreamStep } from '../dissect/outcome.ts';
import type { FlowKey } from '../flow/flow-key.ts';
import { FlowTable } from '../flow/flow-table.ts';
import type { StreamRest } from '../flow/stream.ts';
import { wholeNumberAt } from '../flow/whole-number.ts';
import type { Past } from './another-flow.ts';
import { FlowState } from './flow-state.ts';

/** Connections at rest: minutes of a busy hotspot. */
const MAX_RESTING = 16_384;
/** What their clients sent, for as long as it may come again: minutes too, at some hundred bytes each. */
const EVIDENCE_BYTES = 2 * 1024 * 1024;
const NOWHERE = -1;

/**
 * A connection between two messages, when all there is to remember of it is what was read so far: a followed one, or
 * one whose server is to say hello.
 */
export interface RestingFlow {
  readonly id: number;
  readonly state: FlowState;
  readonly epoch: number;
  readonly serverStart: number;
  readonly rule: RuleId;
  readonly step: StreamStep;
  /** Who reads the server's hello; `FREE` where the server's side is not read. */
  readonly answer: StreamStep | typeof FREE;
  readonly client: StreamRest;
}

export type ConversationRest = Pick<RestingFlow, 'rule' | 'step' | 'answer' | 'client'>;
type RestingNumbers = Pick<RestingFlow, 'id' | 'epoch' | 'serverStart'>;

/** Where each number of a record stands; all are exact in a double. */
const Field = { id: 0, epoch: 1, serverStart: 2, origin: 3, readBytes: 4, evidenceAt: 5, evidenceBytes: 6, count: 7 };

/**
 * Connections at rest, by key, as plain numbers: most never say anything again, and objects that wait for
 * that would keep the garbage collector busy. The oldest goes when there are too many, and so do the oldest bytes.
 */
export class RestingFlows {
  readonly #table = new FlowTable<number>(4);
  /** These are taken when the first comes to rest. */
  #slots = new Int32Array(0);
  #numbers = new Float64Array(0);
  #evidence = new Uint8Array(0);
  /** These grow until each place was taken once: places are taken one after the other. */
  readonly #steps: StreamStep[] = [];
  readonly #answers: (StreamStep | typeof FREE)[] = [];
  readonly #rules: RuleId[] = [];
  #next = 0;
  /** How many bytes were ever written; where they stand is the rest of the division by the ring's size. */
  #written = 0;

  get size(): number {
    return this.#table.size;
  }

  /** The connection's place, good until another is put; undefined where it is not here. */
  find(key: FlowKey): number | undefined {
    return this.#table.get(key);
  }

  /** What tells the connection at a place from a later one. */
  past(place: number): Past {
    const numbers = this.#numbers;
    const at = place * Field.count;
    return {
      state: this.#stateAt(place),
      epoch: wholeNumberAt(numbers, at + Field.epoch),
      serverStart: wholeNumberAt(numbers, at + Field.serverStart),
      opening: null,
      hasServerSpoken: false,
      deniedAtMs: 0,
    };
  }

  /** Adds a connection whose key is not here. */
  put(
    key: FlowKey,
    { id, epoch, serverStart }: RestingNumbers,
    { rule, step, answer, client }: ConversationRest,
  ): void {
    if (this.#slots.length === 0) this.#takeMemory();
    const place = this.#next;
    this.#next = (place + 1) % MAX_RESTING;
    const numbers = this.#numbers;
    const at = place * Field.count;
    this.remove(place);
    this.#slots[place] = this.#table.add(key, place);
    numbers[at + Field.id] = id;
    numbers[at + Field.epoch] = epoch;
    numbers[at + Field.serverStart] = serverStart;
    numbers[at + Field.origin] = client.origin;
    numbers[at + Field.readBytes] = client.readBytes;
    numbers[at + Field.evidenceAt] = this.#write(client.evidence);
    numbers[at + Field.evidenceBytes] = client.evidence?.length ?? 0;
    this.#steps[place] = step;
    this.#answers[place] = answer;
    this.#rules[place] = rule;
  }

  /** Takes out the connection at a place that was found. */
  take(place: number): RestingFlow | null {
    const numbers = this.#numbers;
    const at = place * Field.count;
    this.remove(place);
    const [step, rule] = [this.#steps[place], this.#rules[place]];
    if (!step || !rule) return null;
    return {
      id: wholeNumberAt(numbers, at + Field.id),
      state: this.#stateAt(place),
      epoch: wholeNumberAt(numbers, at + Field.epoch),
      serverStart: wholeNumberAt(numbers, at + Field.serverStart),
      rule,
      step,
      answer: this.#answers[place] ?? FREE,
      client: {
        origin: wholeNumberAt(numbers, at + Field.origin),
        readBytes: wholeNumberAt(numbers, at + Field.readBytes),
        evidence: this.#read(
          wholeNumberAt(numbers, at + Field.evidenceAt),
          wholeNumberAt(numbers, at + Field.evidenceBytes),
        ),
      },
    };
  }

  /** A place where nothing is stays as it is. */
  remove(place: number): void {
    const slot = this.#slots[place] ?? NOWHERE;
    if (slot === NOWHERE) return;
    this.#table.remove(slot);
    this.#slots[place] = NOWHERE;
  }

  #takeMemory(): void {
    this.#slots = new Int32Array(MAX_RESTING).fill(NOWHERE);
    this.#numbers = new Float64Array(MAX_RESTING * Field.count);
    this.#evidence = new Uint8Array(EVIDENCE_BYTES);
  }

  #stateAt(place: number): FlowState {
    return this.#answers[place] === FREE ? FlowState.followed : FlowState.greeting;
  }

  /** Copies bytes to where they can be found again for a while; they never wrap around the end. */
  #write(bytes: Uint8Array | null): number {
    if (bytes === null) return NOWHERE;
    const room = EVIDENCE_BYTES - (this.#written % EVIDENCE_BYTES);
    const at = this.#written + (bytes.length > room ? room : 0);
    this.#evidence.set(bytes, at % EVIDENCE_BYTES);
    this.#written = at + bytes.length;
    return at;
  }

  /** Null where later bytes stand there by now. */
  #read(at: number, count: number): Uint8Array | null {
    if (at === NOWHERE || at + EVIDENCE_BYTES < this.#written) return null;
    return this.#evidence.slice(at % EVIDENCE_BYTES, (at % EVIDENCE_BYTES) + count);
  }
}
