import type { Rule } from './rule.ts';

/** What one use of a service looks like, as plain data that survives a structured clone. */
export interface Pack {
  readonly service: string;
  readonly name: string;
  readonly about: string;
  /** Whether it is meant where an owner allows the service as a whole. */
  readonly byDefault: boolean;
  readonly rules: readonly Rule[];
  readonly file: string;
}

export function packId({ service, name }: Pick<Pack, 'service' | 'name'>): string {
  return `${service}/${name}`;
}
