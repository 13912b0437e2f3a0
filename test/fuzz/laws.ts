import {
  type DatagramOutcome,
  type DatagramStep,
  FREE,
  type StreamOutcome,
  type StreamStep,
} from '../../src/dissect/outcome.ts';
import type { Random } from './random.ts';

/** Each run of a law reads no more than this many prefixes of a stream, so that long ones take no longer. */
const MAX_PREFIXES = 24;
/** What lies around the bytes that a step is shown. */
const PAD_BYTES = 16;

/**
 * The laws of a stream step on some prefixes of `bytes`: it reads nothing outside them and changes none, moves on within
 * what it was shown, and never goes back on an answer. Goes on to whoever reads next, and calls `heard` with who is to
 * read the other direction. @throws Error where a law is broken.
 */
export function checkStream(
  random: Random,
  begin: StreamStep,
  bytes: Uint8Array,
  heard: (step: StreamStep) => void,
): void {
  let step = begin;
  for (let from = 0; from < bytes.length; ) {
    const outcome = checkPrefixes(random, step, bytes.subarray(from));
    if (outcome.kind !== 'match') return;
    if (typeof outcome.answer === 'function') heard(outcome.answer);
    if (outcome.next === FREE) return;
    if (outcome.consumed + outcome.skip === 0) throw new Error('a match that moves nothing would never end');
    from += outcome.consumed + outcome.skip;
    step = outcome.next;
  }
}

function checkPrefixes(random: Random, step: StreamStep, bytes: Uint8Array): StreamOutcome {
  const lengths = new Set(Array.from({ length: MAX_PREFIXES - 1 }, () => random.below(bytes.length + 1)));
  let answered: string | null = null;
  let notBefore = 0;
  let outcome: StreamOutcome = { kind: 'more', atLeast: 1 };
  for (const length of [...lengths.add(bytes.length)].sort((a, b) => a - b)) {
    outcome = inBothPaddings(step, bytes.subarray(0, length), shapeOfStream);
    const shape = shapeOfStream(outcome);
    if (answered !== null && shape !== answered) throw new Error(`${answered}, and then ${shape} at ${length} bytes`);
    if (outcome.kind === 'more') {
      if (outcome.atLeast <= length) throw new Error(`asks for ${outcome.atLeast} bytes and has ${length}`);
      notBefore = Math.max(notBefore, outcome.atLeast);
    } else {
      if (length < notBefore) throw new Error(`wanted ${notBefore} bytes and answered at ${length}`);
      answered = shape;
    }
    if (outcome.kind === 'match' && (outcome.consumed > length || outcome.consumed < 0 || !isCount(outcome.skip))) {
      throw new Error(`moves on by ${outcome.consumed} and ${outcome.skip} of ${length} bytes`);
    }
  }
  return outcome;
}

/** The laws of a datagram step, on both directions in turn. @throws Error where a law is broken. */
export function checkDatagrams(
  begin: DatagramStep,
  turns: readonly (readonly [up: boolean, bytes: Uint8Array])[],
): void {
  let client: DatagramStep | typeof FREE = begin;
  let server: DatagramStep | typeof FREE | null = null;
  for (const [isUp, bytes] of turns) {
    const step: DatagramStep | typeof FREE | null = isUp ? client : server;
    if (step === null || step === FREE) continue;
    const outcome: DatagramOutcome = inBothPaddings(step, bytes, shapeOfDatagram);
    if (outcome.kind === 'never') return;
    if (isUp) client = outcome.next;
    else server = outcome.next;
    if (outcome.kind === 'more' || outcome.answer === undefined) continue;
    if (isUp) server = outcome.answer;
    else client = outcome.answer;
  }
}

function inBothPaddings<Outcome>(
  step: (bytes: Uint8Array) => Outcome,
  bytes: Uint8Array,
  shapeOf: (outcome: Outcome) => string,
): Outcome {
  const outcomes = [0x00, 0xff].map((padding) => {
    const around = new Uint8Array(bytes.length + 2 * PAD_BYTES).fill(padding);
    around.set(bytes, PAD_BYTES);
    const shown = around.subarray(PAD_BYTES, PAD_BYTES + bytes.length);
    const outcome = step(shown);
    if (Buffer.compare(shown, bytes) !== 0) throw new Error('changed what it was shown');
    return outcome;
  });
  const [one, other] = outcomes;
  if (one === undefined || other === undefined) throw new Error('unreachable: there are two paddings');
  if (shapeOf(one) !== shapeOf(other)) throw new Error(`read outside: ${shapeOf(one)} or ${shapeOf(other)}`);
  return one;
}

function shapeOfStream(outcome: StreamOutcome): string {
  return JSON.stringify(outcome, stepsAsWords);
}

function shapeOfDatagram(outcome: DatagramOutcome): string {
  return JSON.stringify(outcome, stepsAsWords);
}

function stepsAsWords(_key: string, value: unknown): unknown {
  return typeof value === 'function' ? 'step' : value;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
