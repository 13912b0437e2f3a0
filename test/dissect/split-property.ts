import { expect } from 'vitest';
import {
  type DatagramOutcome,
  type DatagramStep,
  FREE,
  type StreamOutcome,
  type StreamStep,
} from '../../src/dissect/outcome.ts';

/** What lies around the bytes a step is shown; an outcome that depends on it was read from outside. */
const PADDINGS = [0x00, 0xff, 0x31] as const;
const PAD_BYTES = 24;

/**
 * The laws every stream step keeps, checked on every prefix of `bytes`: it does not throw or change what it is
 * shown, reads nothing outside, consumes no more than it was shown, asks for more bytes than it has, does not answer
 * before the `atLeast` it named, and never goes back on an answer. Returns the outcome of the whole.
 */
export function checkStreamStep(step: StreamStep, bytes: Uint8Array): StreamOutcome {
  let answered: { at: number; shape: object } | null = null;
  let notBefore = 0;
  let whole: StreamOutcome | null = null;
  for (let length = 0; length <= bytes.length; length += 1) {
    const outcome = inEveryPadding(bytes.subarray(0, length), step, streamShape);
    const shape = streamShape(outcome);
    if (answered !== null) {
      expect(shape, `answered at ${answered.at} bytes, otherwise at ${length}`).toEqual(answered.shape);
    } else if (outcome.kind === 'more') {
      expect(outcome.atLeast, `asks for no more than the ${length} bytes it has`).toBeGreaterThan(length);
      expect(outcome.atLeast, `asked for ${notBefore} bytes and takes that back at ${length}`).toBeGreaterThanOrEqual(
        notBefore,
      );
      notBefore = outcome.atLeast;
    } else {
      expect(length, `wanted ${notBefore} bytes, answered at ${length}`).toBeGreaterThanOrEqual(notBefore);
      answered = { at: length, shape };
    }
    if (outcome.kind === 'match') {
      expect(outcome.consumed).toBeLessThanOrEqual(length);
      expect(outcome.consumed).toBeGreaterThanOrEqual(0);
      expect(Number.isSafeInteger(outcome.skip) && outcome.skip >= 0, `skip ${outcome.skip}`).toBe(true);
    }
    whole = outcome;
  }
  if (whole === null) throw new Error('unreachable: the empty prefix is always tried');
  return whole;
}

/** The same laws for a datagram step, which sees its bytes once: no throw, no change, nothing read from outside. */
export function checkDatagramStep(step: DatagramStep, datagram: Uint8Array): DatagramOutcome {
  return inEveryPadding(datagram, step, datagramShape);
}

/** How one direction was read: what each step answered, and how it ended. */
export interface Reading {
  /** `streamShape` of every match in order. */
  readonly matches: readonly object[];
  /** `free`; or `more` (still waiting); or the last step's never, with its code. */
  readonly end: 'free' | 'more' | { readonly never: string | null };
  /** Steps for the other direction, in the order they were named. */
  readonly answers: readonly (StreamStep | typeof FREE)[];
}

/**
 * Reads one direction from `begin` through every next step, the bytes arriving in pieces cut at the ascending offsets
 * `cuts`. Skipped bytes are not shown to anyone.
 */
export function readStream(begin: StreamStep, bytes: Uint8Array, cuts: readonly number[] = []): Reading {
  const matches: object[] = [];
  const answers: (StreamStep | typeof FREE)[] = [];
  let step = begin;
  let from = 0;
  for (const arrived of [...cuts, bytes.length]) {
    while (from < arrived) {
      const outcome = step(bytes.subarray(from, arrived));
      if (outcome.kind === 'never') return { matches, end: { never: outcome.code }, answers };
      if (outcome.kind === 'more') break;
      matches.push(streamShape(outcome));
      if (outcome.answer !== undefined) answers.push(outcome.answer);
      if (outcome.next === FREE) return { matches, end: 'free', answers };
      if (outcome.consumed + outcome.skip === 0) throw new Error('a match that moves nothing would never end');
      from += outcome.consumed + outcome.skip;
      step = outcome.next;
    }
  }
  return { matches, end: 'more', answers };
}

/** Reads `bytes` whole, cut once at every place, and byte by byte: always the same. Returns the reading. */
export function checkEverySplit(begin: StreamStep, bytes: Uint8Array): Reading {
  const { answers, ...whole } = readStream(begin, bytes);
  const everywhere = Array.from({ length: bytes.length }, (_, at) => at);
  for (const cuts of [...everywhere.map((at) => [at]), everywhere]) {
    const { answers: _, ...reading } = readStream(begin, bytes, cuts);
    expect(reading, `cut at ${cuts.length === 1 ? cuts[0] : 'every byte'}`).toEqual(whole);
  }
  return { ...whole, answers };
}

/** An outcome with its steps replaced by the word `step`, so that two can be compared. */
export function streamShape(outcome: StreamOutcome): object {
  if (outcome.kind === 'more') return outcome;
  return outcome.kind === 'never' ? outcome : { ...outcome, ...stepWords(outcome) };
}

export function datagramShape(outcome: DatagramOutcome): object {
  if (outcome.kind === 'never') return outcome;
  return outcome.kind === 'more' ? { ...outcome, next: 'step' } : { ...outcome, ...stepWords(outcome) };
}

function stepWords(match: { next: unknown; answer?: unknown }): { next: string; answer: string | undefined } {
  return {
    next: match.next === FREE ? FREE : 'step',
    answer: match.answer === undefined ? undefined : match.answer === FREE ? FREE : 'step',
  };
}

function inEveryPadding<O>(bytes: Uint8Array, step: (bytes: Uint8Array) => O, shape: (outcome: O) => object): O {
  const outcomes = PADDINGS.map((padding) => {
    const around = new Uint8Array(PAD_BYTES + bytes.length + PAD_BYTES).fill(padding);
    around.set(bytes, PAD_BYTES);
    const shown = around.subarray(PAD_BYTES, PAD_BYTES + bytes.length);
    const outcome = step(shown);
    if (!sameBytes(shown, bytes)) throw new Error('the step changed the bytes it was shown');
    return outcome;
  });
  const [first, ...others] = outcomes;
  if (first === undefined) throw new Error('unreachable: there is always a padding');
  for (const other of others) {
    expect(shape(other), `read outside its ${bytes.length} bytes`).toEqual(shape(first));
  }
  return first;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
