/** What a running gateway counts, in the order in which it is shown. */
export const COUNTERS = [
  'packets',
  'malformed',
  'verdicts',
  'flowsAllowed',
  'flowsDenied',
  'flowsPending',
  'kernelDrops',
] as const;

export type Counter = (typeof COUNTERS)[number];

/**
 * Named numbers that several threads count and any of them reads. Every thread counts in a row of its own, so that
 * an ordinary addition is enough and none is lost; a reader adds the rows up. Exact up to 2^53. Numbers that can
 * fall (flows pending) are counted by `set` or negative additions.
 */
export class Counters<Name extends string> {
  readonly names: readonly Name[];
  /** To be handed to other threads, which make the same counters of it. */
  readonly memory: SharedArrayBuffer;
  readonly #rows: number;

  /** @param rows how many threads count. */
  constructor(names: readonly Name[], rows: number, memory = new SharedArrayBuffer(names.length * rows * 8)) {
    this.names = names;
    this.memory = memory;
    this.#rows = rows;
  }

  /** The row of one thread. @throws RangeError where there is no such row. */
  row(index: number): CounterRow<Name> {
    if (index < 0 || index >= this.#rows) throw new RangeError(`there is no row ${index}`);
    const width = this.names.length;
    return new CounterRow(this.names, new Float64Array(this.memory, index * width * 8, width));
  }

  /** All rows added up. */
  read(name: Name): number {
    const cells = new Float64Array(this.memory);
    let sum = 0;
    for (let cell = this.names.indexOf(name); cell < cells.length; cell += this.names.length) sum += cells[cell] ?? 0;
    return sum;
  }

  /** One line: `packets 12, verdicts 3`; what is zero is left out. */
  summary(): string {
    const shown = this.names.map((name) => ({ name, value: this.read(name) })).filter(({ value }) => value !== 0);
    if (shown.length === 0) return 'nothing yet';
    return shown.map(({ name, value }) => `${wordsOf(name)} ${value}`).join(', ');
  }
}

export class CounterRow<Name extends string> {
  readonly #cells: Float64Array;
  readonly #index: ReadonlyMap<Name, number>;

  constructor(names: readonly Name[], cells: Float64Array) {
    this.#cells = cells;
    this.#index = new Map(names.map((name, index) => [name, index]));
  }

  add(name: Name, amount = 1): void {
    const cell = this.#cell(name);
    this.#cells[cell] = (this.#cells[cell] ?? 0) + amount;
  }

  set(name: Name, value: number): void {
    this.#cells[this.#cell(name)] = value;
  }

  #cell(name: Name): number {
    return this.#index.get(name) ?? this.#cells.length;
  }
}

/** `logLinesLost` as `log lines lost`. */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
