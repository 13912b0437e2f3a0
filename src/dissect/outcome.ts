import type { Facts } from './facts.ts';

/**
 * What a step says of the bytes it was shown. *More* ("not yet") and *never* ("not this protocol, whatever
 * follows") are different answers. A step is monotone: once it has answered match or never for some bytes, it
 * answers the same for those bytes with more behind them.
 */
export type StreamOutcome = StreamMatch | StreamMore | Never;
export type DatagramOutcome = DatagramMatch | DatagramMore | Never;

/** Reads the contiguous, not yet consumed bytes of one direction of a TCP connection. Pure. */
export type StreamStep = (bytes: Uint8Array) => StreamOutcome;

/** Reads one whole UDP datagram of one direction; it is shown once. Pure: what it remembers is in the next step. */
export type DatagramStep = (datagram: Uint8Array) => DatagramOutcome;

/** Nothing that follows in this direction has to be looked at. */
export const FREE = 'free';

export interface StreamMatch {
  readonly kind: 'match';
  /** What was recognised; null where this piece only continues what was recognised before. */
  readonly facts: Facts | null;
  /** Bytes this step has read as its message; at most the bytes it was shown. The decision rests on them. */
  readonly consumed: number;
  /** Bytes behind `consumed` that belong to the message and may hold anything (a body of known length). */
  readonly skip: number;
  /** Who reads what follows in the same direction. */
  readonly next: StreamStep | typeof FREE;
  /** Who reads the other direction from its next unread byte on; undefined leaves that as it is. */
  readonly answer?: StreamStep | typeof FREE;
  /** What the answer is known by without reading it all, where that frees both directions; goes with `answer`. */
  readonly answerKnownBy?: 'server-hello';
}

export interface StreamMore {
  readonly kind: 'more';
  /** The step cannot answer otherwise before it is shown at least this many bytes. */
  readonly atLeast: number;
}

export interface DatagramMatch {
  readonly kind: 'match';
  readonly facts: Facts | null;
  readonly next: DatagramStep | typeof FREE;
  readonly answer?: DatagramStep | typeof FREE;
}

export interface DatagramMore {
  readonly kind: 'more';
  /** Who reads the next datagram of the same direction. */
  readonly next: DatagramStep;
}

export interface Never {
  readonly kind: 'never';
  /**
   * Kebab-case words for the log, e.g. `http-host-repeated`, where the bytes are this protocol but break its
   * rules; null where they are simply not this protocol.
   */
  readonly code: string | null;
}

/** The bytes are some other protocol. */
export const NOT_THIS: Never = { kind: 'never', code: null };

export function never(code: string): Never {
  return { kind: 'never', code };
}

export function more(atLeast: number): StreamMore {
  return { kind: 'more', atLeast };
}
