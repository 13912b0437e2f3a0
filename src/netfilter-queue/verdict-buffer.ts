import {
  ATTRIBUTE_HEADER_BYTES,
  ATTRIBUTES_AT,
  NLM_F_REQUEST,
  writeAttributeHeader,
  writeHeader,
} from './netlink-message.ts';

/**
 * Source: linux/netfilter/nfnetlink_queue.h (NFQNL_MSG_VERDICT, NFQA_VERDICT_HDR, NFQA_MARK, NFQA_PRIORITY),
 * linux/netfilter.h (NF_*).
 */
const VERDICT_MESSAGE = (3 << 8) | 1;
const VERDICT_HEADER = 2;
const MARK = 3;
const PRIORITY = 21;
export const NF_DROP = 0;
export const NF_ACCEPT = 1;
/** The chain that queued the packet is gone through once more, from its first rule on. */
export const NF_REPEAT = 4;
export type VerdictCode = typeof NF_DROP | typeof NF_ACCEPT | typeof NF_REPEAT;

const NUMBER_BYTES = ATTRIBUTE_HEADER_BYTES + 4;
const BARE_BYTES = ATTRIBUTES_AT + ATTRIBUTE_HEADER_BYTES + 8;
export const MAX_VERDICT_BYTES = BARE_BYTES + 2 * NUMBER_BYTES;

/** Verdicts on their way, written one after another as the messages of one datagram. */
export class VerdictBuffer {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #queue: number;
  readonly #capacity: number;
  #usedBytes = 0;
  #count = 0;

  /** @param capacity in verdicts. */
  constructor(queue: number, capacity: number) {
    this.#queue = queue;
    this.#capacity = capacity;
    this.bytes = new Uint8Array(capacity * MAX_VERDICT_BYTES);
    this.#view = new DataView(this.bytes.buffer);
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  get count(): number {
    return this.#count;
  }

  get full(): boolean {
    return this.#count === this.#capacity;
  }

  /**
   * The caller has seen that the buffer is not full. `mark` and `priority` (32 bits each) replace those of the packet;
   * left out, they stay.
   */
  add(id: number, verdict: VerdictCode, mark: number | undefined, priority?: number): void {
    const start = this.#usedBytes;
    const view = this.#view;
    writeAttributeHeader(view, start + ATTRIBUTES_AT, VERDICT_HEADER, 8);
    view.setUint32(start + ATTRIBUTES_AT + 4, verdict, false);
    view.setUint32(start + ATTRIBUTES_AT + 8, id, false);
    let end = start + BARE_BYTES;
    if (mark !== undefined) end = this.#addNumber(end, MARK, mark);
    if (priority !== undefined) end = this.#addNumber(end, PRIORITY, priority);
    writeHeader(view, start, end - start, VERDICT_MESSAGE, NLM_F_REQUEST, 0, this.#queue);
    this.#usedBytes = end;
    this.#count += 1;
  }

  /** @returns where the next attribute begins. */
  #addNumber(at: number, type: number, value: number): number {
    writeAttributeHeader(this.#view, at, type, 4);
    this.#view.setUint32(at + ATTRIBUTE_HEADER_BYTES, value, false);
    return at + NUMBER_BYTES;
  }

  clear(): void {
    this.#usedBytes = 0;
    this.#count = 0;
  }
}
