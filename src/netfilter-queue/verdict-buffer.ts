import {
  ATTRIBUTE_HEADER_BYTES,
  ATTRIBUTES_AT,
  NLM_F_REQUEST,
  writeAttributeHeader,
  writeHeader,
} from './netlink-message.ts';

/** Source: linux/netfilter/nfnetlink_queue.h (NFQNL_MSG_VERDICT, NFQA_VERDICT_HDR, NFQA_MARK), linux/netfilter.h (NF_*). */
const VERDICT_MESSAGE = (3 << 8) | 1;
const VERDICT_HEADER = 2;
const MARK = 3;
export const NF_DROP = 0;
export const NF_ACCEPT = 1;

const MARK_BYTES = ATTRIBUTE_HEADER_BYTES + 4;
const UNMARKED_BYTES = ATTRIBUTES_AT + ATTRIBUTE_HEADER_BYTES + 8;
export const MAX_VERDICT_BYTES = UNMARKED_BYTES + MARK_BYTES;

/** Verdicts on their way, written one after another as the messages of one datagram. */
export class VerdictBuffer {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #queue: number;
  #usedBytes = 0;
  #count = 0;

  /** @param capacity in verdicts. */
  constructor(queue: number, capacity: number) {
    this.#queue = queue;
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
    return this.#usedBytes + MAX_VERDICT_BYTES > this.bytes.length;
  }

  /** The caller has seen that the buffer is not full. `mark` replaces the packet mark; left out, the mark stays. */
  add(id: number, verdict: typeof NF_DROP | typeof NF_ACCEPT, mark: number | undefined): void {
    const at = this.#usedBytes;
    const view = this.#view;
    const totalBytes = mark === undefined ? UNMARKED_BYTES : MAX_VERDICT_BYTES;
    writeHeader(view, at, totalBytes, VERDICT_MESSAGE, NLM_F_REQUEST, 0, this.#queue);
    writeAttributeHeader(view, at + ATTRIBUTES_AT, VERDICT_HEADER, 8);
    view.setUint32(at + ATTRIBUTES_AT + 4, verdict, false);
    view.setUint32(at + ATTRIBUTES_AT + 8, id, false);
    if (mark !== undefined) {
      writeAttributeHeader(view, at + UNMARKED_BYTES, MARK, 4);
      view.setUint32(at + UNMARKED_BYTES + 4, mark, false);
    }
    this.#usedBytes = at + totalBytes;
    this.#count += 1;
  }

  clear(): void {
    this.#usedBytes = 0;
    this.#count = 0;
  }
}
