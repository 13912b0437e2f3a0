import { type AsciiText, encoded } from './ascii-text.ts';

/** The last millisecond of the year 9999; a damaged capture may name a time beyond what a calendar holds. */
const MAX_MS = 253_402_300_799_999;

/**
 * A writer of Unix time, in milliseconds and their fractions, as Suricata has it: UTC in microseconds, e.g.
 * `2024-01-01T00:00:00.000000+0000`. It remembers the last second's text, as times mostly rise.
 * @param before @param behind what is written in front of each time and behind it; ASCII.
 */
export function eveTimestamp(before = '', behind = ''): (line: AsciiText, atMs: number) => void {
  const zone = encoded(`+0000${behind}`);
  let knownSecond = Number.NaN;
  let secondText = encoded('');
  return (line, atMs) => {
    const ms = Math.min(Math.max(atMs, 0) || 0, MAX_MS);
    let second = Math.floor(ms / 1000);
    let micros = Math.round((ms - second * 1000) * 1000);
    if (micros === 1_000_000) {
      second += 1;
      micros = 0;
    }
    if (second !== knownSecond) {
      knownSecond = second;
      secondText = encoded(`${before}${new Date(second * 1000).toISOString().slice(0, 19)}.`);
    }
    line.bytes(secondText).padded(micros, 6).bytes(zone);
  };
}
