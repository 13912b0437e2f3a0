/** Where lines go. Calls never overlap; each may fail with an error of the operating system. */
export interface Destination {
  /** As messages name it. */
  readonly name: string;
  /** Makes ready to write after what is there already; `atLineStart` is false where that ends within a line. */
  open(): Promise<{ readonly atLineStart: boolean }>;
  /** Writes `bytes`, or as many as can be taken now; answers how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** To be followed by `open` or nothing. Never fails. */
  close(): Promise<void>;
}
