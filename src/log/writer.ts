import type { Destination } from './destination.ts';
import { fileDestination } from './file-destination.ts';
import { LineWriter, type WriterState } from './line-writer.ts';
import { stdoutDestination } from './stream-destination.ts';

/** Where the owner wants the log; null: no file. */
export interface LogPlaces {
  readonly file: string | null;
  readonly stdout: boolean;
}

/** The wait at the end for a destination that is slow; a service manager kills after 90 s at the latest. */
const CLOSE_LIMIT_MS = 3_000;

/** Writes the log to a file, standard output, both or nowhere, without ever holding up who calls it. */
export class LogWriter {
  readonly #writers: readonly LineWriter[];

  /** @param onTrouble told in one sentence when writing begins to fail and when it works again. */
  constructor({ file, stdout }: LogPlaces, onTrouble: (sentence: string) => void = complain) {
    const destinations: Destination[] = [];
    if (file !== null) destinations.push(fileDestination(file));
    if (stdout) destinations.push(stdoutDestination());
    const onState = (state: WriterState): void => onTrouble(sentenceOf(state));
    this.#writers = destinations.map((destination) => new LineWriter({ destination, onState }));
  }

  /**
   * @param bytes one or more whole lines, each with its end, and how many they are. They must not change until
   * `whenDone` is called.
   */
  write(bytes: Uint8Array, lines = 1, whenDone: () => void = () => {}): void {
    let left = this.#writers.length;
    const done = () => {
      left -= 1;
      if (left === 0) whenDone();
    };
    for (const writer of this.#writers) writer.write(bytes, lines, done);
    if (this.#writers.length === 0) whenDone();
  }

  /** Opens the file anew under its name, after it was moved away. */
  reopen(): void {
    for (const writer of this.#writers) writer.reopen();
  }

  /** Writes what is queued, waiting `limitMs` for it at the most. Never fails. */
  async close(limitMs = CLOSE_LIMIT_MS): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.close(limitMs)));
  }

  /** A line that goes to two places counts twice, here and below. */
  get linesWritten(): number {
    return this.#writers.reduce((sum, writer) => sum + writer.linesWritten, 0);
  }

  get linesLost(): number {
    return this.#writers.reduce((sum, writer) => sum + writer.linesLost, 0);
  }
}

function sentenceOf(state: WriterState): string {
  return state.kind === 'failing'
    ? `cannot write the log to ${state.destination}: ${state.reason}; trying again every second`
    : `the log goes to ${state.destination} again; ${state.linesLost} lines were lost since the start`;
}

function complain(sentence: string): void {
  process.stderr.write(`chatgate: ${sentence}\n`);
}
