import type { Facts } from '../../../src/dissect/facts.ts';
import { FREE, type StreamStep } from '../../../src/dissect/outcome.ts';

type Side = 'client' | 'server';
export type Turn = readonly [Side, Uint8Array];

export interface Course {
  readonly facts: readonly Facts[];
  /** Who is still read; nobody where the flow is settled. */
  readonly read: readonly Side[];
  /** The code of the step that broke it off, or `not-this`. */
  readonly never: string | null;
  /** Turns gone by when the flow was settled or broken off; all of them where it was not. */
  readonly turns: number;
}

/** Plays a connection, as it went over the wire, to the steps that read it. */
export function converse(begin: StreamStep, turns: readonly Turn[]): Course {
  const readers: Record<Side, StreamStep | typeof FREE | null> = { client: begin, server: null };
  const unread: Record<Side, Uint8Array> = { client: new Uint8Array(), server: new Uint8Array() };
  const facts: Facts[] = [];
  const course = (turn: number, never: string | null = null): Course => {
    const read = (['client', 'server'] as const).filter((side) => readers[side] !== FREE);
    return { facts, read, never, turns: turn };
  };
  for (const [turn, [side, bytes]] of turns.entries()) {
    const other = side === 'client' ? 'server' : 'client';
    unread[side] = Uint8Array.from([...unread[side], ...bytes]);
    for (let reader = readers[side]; reader !== null && reader !== FREE && unread[side].length > 0; ) {
      const outcome = reader(unread[side]);
      if (outcome.kind === 'never') return course(turn + 1, outcome.code ?? 'not-this');
      if (outcome.kind === 'more') break;
      if (outcome.facts !== null) facts.push(outcome.facts);
      unread[side] = unread[side].subarray(outcome.consumed + outcome.skip);
      reader = outcome.next;
      readers[side] = reader;
      if (outcome.answer !== undefined) readers[other] = outcome.answer;
    }
    if (readers.client === FREE && readers.server === FREE) return course(turn + 1);
  }
  return course(turns.length);
}
