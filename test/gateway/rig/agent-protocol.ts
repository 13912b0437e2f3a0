import * as v from 'valibot';
import type { CraftedRun } from './craft/crafted-connection.ts';

/** What an agent can be asked to do inside its namespace. Connections and sockets are named by the asker. */
export type Call =
  | {
      readonly op: 'connect';
      readonly id: number;
      readonly address: string;
      readonly port: number;
      readonly timeoutMs: number;
    }
  | { readonly op: 'write'; readonly id: number; readonly bytes: Uint8Array }
  /** Answers when `atLeast` bytes have come since the last read, the other side has ended, or time is up. */
  | { readonly op: 'read'; readonly id: number; readonly atLeast: number; readonly timeoutMs: number }
  | { readonly op: 'close'; readonly id: number }
  | { readonly op: 'bind'; readonly id: number; readonly address: string; readonly port: number }
  | {
      readonly op: 'datagram';
      readonly id: number;
      readonly address: string;
      readonly port: number;
      readonly bytes: Uint8Array;
      readonly timeoutMs: number;
    }
  | { readonly op: 'craft'; readonly run: CraftedRun };

export interface Request {
  readonly number: number;
  readonly call: Call;
}

/**
 * `error` is a system error code such as ECONNREFUSED, `TIMEOUT` where nothing came in time, or null.
 * `ended`: the other side has closed. `resets` and `acknowledged` are filled by `craft` alone; `localPort` by what opens a socket, else 0.
 */
const ReportSchema = v.object({
  error: v.nullable(v.string()),
  bytes: v.instance(Uint8Array),
  ended: v.boolean(),
  resets: v.number(),
  acknowledged: v.number(),
  localPort: v.number(),
});
export type Report = v.InferOutput<typeof ReportSchema>;

export const MessageSchema = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('report'), number: v.number(), report: ReportSchema }),
]);
export type Message = v.InferOutput<typeof MessageSchema>;

export function report(part: Partial<Report>): Report {
  return { error: null, bytes: new Uint8Array(0), ended: false, resets: 0, acknowledged: 0, localPort: 0, ...part };
}
