import type { Service } from '../gateway/rig/addresses.ts';

/** One way to get through, or one odd way in which a chat begins, and what becomes of it. */
export interface Trick {
  readonly name: string;
  /** Why the verdict is what it is. */
  readonly why: string;
  readonly transport: 'tcp' | 'udp';
  readonly port: number;
  readonly steps: readonly Step[];
  readonly expected: Expected;
  /** Whom a phone behind the real gateway sends it to; null where no server there would play its part. */
  readonly service: Service | null;
  /** Its first step means the same in whatever cut and order it comes. */
  readonly anyCut: boolean;
}

/** The rule that allows the flow in the end, or the reason of its denial, which falls on the last step. */
export type Expected = { readonly allow: string } | { readonly drop: string };

/** What does not reach the server although the phone sends it, and where it is lost. */
export type Loss =
  /** Hops run out behind the gateway. */
  | 'ttl'
  /** The server takes no segment with a TCP MD5 signature (RFC 2385) it has no key for. */
  | 'md5'
  /** The server takes no segment older than the last by its timestamp (RFC 7323 §5). */
  | 'timestamp'
  /** The gateway's connection tracking finds a wrong checksum, or a sequence number far outside the window. */
  | 'checksum'
  | 'window';

export type Step = Up | Down | Again | Wait;

export interface Up {
  readonly kind: 'up';
  /** Where the bytes stand in the client's stream; of no meaning over UDP. */
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly loss: Loss | null;
  /** As `PacketParts.flags`. With S alone it takes the handshake's place. */
  readonly flags: string;
}

/** The server's next bytes; it acknowledges whatever it has got without a gap. */
export interface Down {
  readonly kind: 'down';
  readonly bytes: Uint8Array;
}

/** The connection is over, and another begins with the same addresses and ports. */
export interface Again {
  readonly kind: 'again';
}

export interface Wait {
  readonly kind: 'wait';
  readonly ms: number;
}

type Bytes = Uint8Array | string;

export function up(bytes: Bytes, at = 0, how: { readonly loss?: Loss; readonly flags?: string } = {}): Up {
  return { kind: 'up', at, bytes: bytesOf(bytes), loss: how.loss ?? null, flags: how.flags ?? 'PA' };
}

/** Data on the SYN (RFC 7413). */
export function onSyn(bytes: Bytes): Up {
  return up(bytes, -1, { flags: 'S' });
}

export function down(bytes: Bytes): Down {
  return { kind: 'down', bytes: bytesOf(bytes) };
}

export const AGAIN: Again = { kind: 'again' };

export function bytesOf(bytes: Bytes): Uint8Array {
  return typeof bytes === 'string' ? Uint8Array.from(Buffer.from(bytes, 'latin1')) : bytes;
}

type Details = Partial<Pick<Trick, 'service' | 'anyCut'>>;

export function tcp(
  port: number,
  name: string,
  steps: readonly Step[],
  expected: Expected,
  why: string,
  details: Details = {},
): Trick {
  return { name, why, transport: 'tcp', port, steps, expected, service: 'echo', anyCut: false, ...details };
}

export function udp(
  port: number,
  name: string,
  steps: readonly Step[],
  expected: Expected,
  why: string,
  details: Details = {},
): Trick {
  return { name, why, transport: 'udp', port, steps, expected, service: 'echo', anyCut: false, ...details };
}

/** One message and the answer to it, which may come in any cut. */
export function message(
  port: number,
  name: string,
  bytes: Bytes,
  expected: Expected,
  why: string,
  details: Details & { readonly answer?: Bytes } = {},
): Trick {
  const { answer, ...rest } = details;
  const steps: Step[] = answer === undefined ? [up(bytes)] : [up(bytes), down(answer)];
  return tcp(port, name, steps, expected, why, { anyCut: true, ...rest });
}
