import { latin1Text } from '../latin1-text.ts';
import { isWhitespace, LINE_END_BYTES, lowerCaseByte } from './character.ts';

const NONE: string[] = [];
/** Where a line begins and where its colon is. */
const PLACES_PER_LINE = 2;

/**
 * Field lines where they stand in a message, whose bytes are borrowed: no more of them becomes text than is asked for.
 */
export class Fields {
  readonly #bytes: Uint8Array;
  /** Those of each line, and behind the last one's where a next line would begin. */
  readonly #places: number[] = [];
  /** How long the names are, a bit for each length: nearly all that is asked for is not there. */
  #nameLengths = 0;
  #count = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Adds the next line, by its first byte and its colon. */
  add(at: number, colonAt: number): void {
    this.#places.push(at, colonAt);
    this.#nameLengths |= 1 << (colonAt - at);
    this.#count += 1;
  }

  /** There are no more lines; until this is said there is nothing to ask for. */
  end(at: number): void {
    this.#places.push(at);
  }

  get count(): number {
    return this.#count;
  }

  /** The values of a field in order, without the whitespace around them. @param name in lower case. */
  get(name: string): readonly string[] {
    if ((this.#nameLengths & (1 << name.length)) === 0) return NONE;
    let values = NONE;
    for (let line = 0; line < this.#count; line += 1) {
      if (this.#isNamed(line, name)) values = and(values, this.#valueOf(line));
    }
    return values;
  }

  #isNamed(line: number, name: string): boolean {
    const at = this.#placeOf(line);
    if (this.#colonOf(line) - at !== name.length) return false;
    for (let i = 0; i < name.length; i += 1) {
      if (lowerCaseByte(this.#bytes[at + i] ?? 0) !== name.charCodeAt(i)) return false;
    }
    return true;
  }

  #placeOf(line: number): number {
    return this.#places[line * PLACES_PER_LINE] ?? 0;
  }

  #colonOf(line: number): number {
    return this.#places[line * PLACES_PER_LINE + 1] ?? 0;
  }

  #valueOf(line: number): string {
    let start = this.#colonOf(line) + 1;
    let end = this.#placeOf(line + 1) - LINE_END_BYTES;
    while (start < end && isWhitespace(this.#bytes[start])) start += 1;
    while (end > start && isWhitespace(this.#bytes[end - 1])) end -= 1;
    return latin1Text(this.#bytes, start, end);
  }
}

/** An array made with its first element has room for one, as nearly all need. */
function and(some: string[], one: string): string[] {
  if (some.length === 0) return [one];
  some.push(one);
  return some;
}
