/** What is wrong with a piece of a file, and what to do about it. */
export interface Fault {
  readonly kind: 'fault';
  readonly message: string;
  readonly advice: string | null;
  /** The part of the piece that is to blame; null: all of it. */
  readonly part: string | null;
}

export function fault(message: string, advice: string | null = null, part: string | null = null): Fault {
  return { kind: 'fault', message, advice, part };
}

export function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'fault';
}
