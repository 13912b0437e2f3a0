import { latin1Text } from '../latin1-text.ts';
import { COMMA, isWhitespace } from './character.ts';
import { lowerCase, lowerCaseByte } from './lower-case.ts';

const NONE: readonly string[] = [];
/** Where a line's name and value begin and end. */
const PLACES_PER_LINE = 4;

/**
 * Field lines where they stand in a message, whose bytes are borrowed: no more of them becomes text than is asked for.
 */
export class Fields {
  readonly #bytes: Uint8Array;
  readonly #places: number[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Adds a line: its name, and its value with whatever whitespace is around it. */
  add(nameAt: number, nameEnd: number, valueAt: number, valueEnd: number): void {
    this.#places.push(nameAt, nameEnd, valueAt, valueEnd);
  }

  get count(): number {
    return this.#places.length / PLACES_PER_LINE;
  }

  /** The values of a field in order, without the whitespace around them. @param name in lower case. */
  get(name: string): readonly string[] {
    let values: string[] | null = null;
    for (let line = 0; line < this.#places.length; line += PLACES_PER_LINE) {
      if (!this.#isNamed(line, name)) continue;
      const value = this.#trimmed(this.#valueAt(line), this.#valueEnd(line));
      // An array made with its first element has room for one, as nearly all need.
      if (values === null) values = [value];
      else values.push(value);
    }
    return values ?? NONE;
  }

  /** The members of a comma-separated list field (RFC 9110 §5.6.1) in lower case, without the empty ones. */
  members(name: string): readonly string[] {
    const members: string[] = [];
    for (let line = 0; line < this.#places.length; line += PLACES_PER_LINE) {
      if (!this.#isNamed(line, name)) continue;
      const valueEnd = this.#valueEnd(line);
      for (let at = this.#valueAt(line); at <= valueEnd; ) {
        let memberEnd = at;
        while (memberEnd < valueEnd && this.#bytes[memberEnd] !== COMMA) memberEnd += 1;
        const member = lowerCase(this.#trimmed(at, memberEnd));
        if (member !== '') members.push(member);
        at = memberEnd + 1;
      }
    }
    return members;
  }

  #isNamed(line: number, name: string): boolean {
    const at = this.#places[line] ?? 0;
    if ((this.#places[line + 1] ?? 0) - at !== name.length) return false;
    for (let i = 0; i < name.length; i += 1) {
      if (lowerCaseByte(this.#bytes[at + i] ?? 0) !== name.charCodeAt(i)) return false;
    }
    return true;
  }

  #valueAt(line: number): number {
    return this.#places[line + 2] ?? 0;
  }

  #valueEnd(line: number): number {
    return this.#places[line + 3] ?? 0;
  }

  #trimmed(from: number, to: number): string {
    let start = from;
    let end = to;
    while (start < end && isWhitespace(this.#bytes[start])) start += 1;
    while (end > start && isWhitespace(this.#bytes[end - 1])) end -= 1;
    return latin1Text(this.#bytes, start, end);
  }
}
