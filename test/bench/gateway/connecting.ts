/** What became of connections with one request each. */
export interface Connecting {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** What the client said went wrong; empty if nothing. */
  readonly errors: string;
}
