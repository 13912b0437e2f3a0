import type { CaptureFileSummary } from '../capture/capture-file.ts';
import type { FrameLoop } from '../capture/frame-loop.ts';
import { type Facts, nameOf } from '../dissect/facts.ts';
import type { VerdictRecord } from '../judge/verdict-record.ts';

/** A capture's flows for a person: how many passed, by which rule, and what was refused, the most frequent first. */
export class ReplaySummary {
  readonly #allowed = new Map<string, number>();
  readonly #dropped = new Map<string, number>();

  add(record: VerdictRecord): void {
    const seen = record.facts === null ? '' : `  ${seenAs(record.facts)}`;
    if (record.action === 'allow') count(this.#allowed, `${record.rule ?? record.reason}${seen}`);
    else count(this.#dropped, `${record.reason}${seen}`);
  }

  text(file: string, read: CaptureFileSummary, loop: Pick<FrameLoop, 'packets'>): string {
    const flows = total(this.#allowed) + total(this.#dropped);
    const head = `${file}: ${read.frames} frames, ${loop.packets} IP packets, ${flows} flows\n`;
    return `${head}${section('allow', this.#allowed)}${section('drop', this.#dropped)}`;
  }
}

function seenAs(facts: Facts): string {
  const name = nameOf(facts);
  return name === null ? facts.app : `${facts.app} ${name}`;
}

function section(action: string, counts: ReadonlyMap<string, number>): string {
  const rows = [...counts].sort(([, a], [, b]) => b - a);
  return rows.map(([what, times]) => `  ${action.padEnd(5)} ${String(times).padStart(6)}  ${what}\n`).join('');
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, times) => sum + times, 0);
}
