import { median } from './median.ts';

/** What is asked of one contestant: of its median, or of the median of its ratios or differences to the reference. */
export interface Goal {
  readonly contestant: string;
  readonly of: 'value' | 'ratio' | 'difference';
  readonly bound: 'at least' | 'at most';
  readonly limit: number;
}

export interface Measure {
  readonly name: string;
  readonly unit: string;
  /** The contestant that the others are set against; it has to be measured in the same run. */
  readonly reference?: string;
  readonly goal?: Goal;
}

export interface Line {
  readonly measure: string;
  readonly unit: string;
  readonly contestant: string;
  readonly values: readonly number[];
  readonly median: number;
  /** The median of its ratios to what the reference had at the same turn; null where there is none. */
  readonly ratio: number | null;
  readonly goal: { readonly text: string; readonly isMet: boolean } | null;
}

/** What was measured, value by value, and what comes of it. */
export class Sheet {
  readonly title: string;
  readonly notes: string[] = [];
  readonly #measures = new Map<string, Measure>();
  readonly #values = new Map<string, Map<string, number[]>>();

  constructor(title: string, measures: readonly Measure[]) {
    this.title = title;
    for (const measure of measures) {
      this.#measures.set(measure.name, measure);
      this.#values.set(measure.name, new Map());
    }
  }

  /** @throws Error for a measure the sheet does not have. */
  add(measure: string, contestant: string, value: number): void {
    const byContestant = this.#values.get(measure);
    if (byContestant === undefined) throw new Error(`no measure "${measure}"`);
    byContestant.set(contestant, [...(byContestant.get(contestant) ?? []), value]);
  }

  /** Said once, however often it happens. */
  note(text: string): void {
    if (!this.notes.includes(text)) this.notes.push(text);
  }

  lines(): readonly Line[] {
    return [...this.#measures.values()].flatMap((measure) => this.#linesOf(measure));
  }

  #linesOf({ name, unit, reference, goal }: Measure): readonly Line[] {
    const byContestant = this.#values.get(name) ?? new Map<string, number[]>();
    const base = reference === undefined ? [] : (byContestant.get(reference) ?? []);
    return [...byContestant].map(([contestant, values]): Line => {
      const middle = median(values);
      // One machine is half as fast a minute later: only what was measured side by side is set against each other.
      const ratio = median(values.map((value, turn) => value / (base[turn] ?? Number.NaN)));
      const difference = median(values.map((value, turn) => value - (base[turn] ?? Number.NaN)));
      const judged = goal?.contestant === contestant ? judge(goal, { value: middle, ratio, difference }) : null;
      const hasRatio = Number.isFinite(ratio);
      return { measure: name, unit, contestant, values, median: middle, ratio: hasRatio ? ratio : null, goal: judged };
    });
  }
}

function judge({ of, bound, limit }: Goal, actually: Readonly<Record<Goal['of'], number>>): Line['goal'] {
  const actual = actually[of];
  const sign = bound === 'at least' ? '≥' : '≤';
  const word = { value: '', ratio: ' ×', difference: ' more' }[of];
  const isMet = bound === 'at least' ? actual >= limit : actual <= limit;
  return { text: `${sign} ${limit}${word}`, isMet };
}
