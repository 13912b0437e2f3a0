import type { Facts } from '../../../src/dissect/facts.ts';
import { type DatagramStep, FREE } from '../../../src/dissect/outcome.ts';
import { quic } from '../../../src/dissect/quic/quic.ts';
import { helloMessage, QUIC_PARAMETERS, serverName } from '../client-hello/encode-client-hello.ts';
import { concat, hex } from '../hex.ts';
import { checkDatagramStep } from '../split-property.ts';
import { cryptoFrame, type InitialFields, longHeader, sealedPacket, sealInitial } from './encode-initial.ts';

type Side = 'client' | 'server';
type Turn = readonly [Side, Uint8Array];

interface Course {
  readonly facts: readonly Facts[];
  readonly kinds: readonly string[];
  /** Who is still read; nobody where the flow is settled. */
  readonly read: readonly Side[];
  readonly never: string | null;
}

/** Plays a flow's datagrams to the steps that read them. */
export function converse(...turns: readonly Turn[]): Course {
  const readers: Record<Side, DatagramStep | typeof FREE | null> = { client: quic.begin, server: null };
  const facts: Facts[] = [];
  const kinds: string[] = [];
  for (const [side, datagram] of turns) {
    const reader = readers[side];
    if (reader === null || reader === FREE) continue;
    const outcome = checkDatagramStep(reader, datagram);
    kinds.push(outcome.kind);
    if (outcome.kind === 'never') return { facts, kinds, read: [], never: outcome.code ?? 'not-this' };
    readers[side] = outcome.next;
    if (outcome.kind === 'more') continue;
    if (outcome.facts !== null) facts.push(outcome.facts);
    if (outcome.answer !== undefined) readers[side === 'client' ? 'server' : 'client'] = outcome.answer;
  }
  const read = (['client', 'server'] as const).filter((side) => readers[side] !== FREE);
  return { facts, kinds, read, never: null };
}

export function fromClient(...datagrams: readonly Uint8Array[]): Course {
  return converse(...datagrams.map((datagram) => ['client', datagram] as const));
}

export const facts = { app: 'quic', name: 'example.com', ech: false };

export function quicHello(name: string, ...more: readonly (readonly number[])[]): Uint8Array {
  return helloMessage({ extensions: [serverName(name), QUIC_PARAMETERS, ...more] });
}

export const message = quicHello('example.com');
export const half = message.length >> 1;
export const PING = Uint8Array.of(1);
export const PADDING = new Uint8Array(30);
export const SERVER_ID = hex('f067a5502a4262b5');

export function initial(frames: Uint8Array, fields: InitialFields = {}): Uint8Array {
  return sealInitial(frames, { padTo: 1200, ...fields });
}

/** The bytes of the hello from `start` to `end` in a CRYPTO frame. */
export function piece(start: number, end = message.length, of = message): Uint8Array {
  return cryptoFrame(start, of.subarray(start, end));
}

export const whole = initial(piece(0));
export const serverInitial = sealedPacket('initial', { destinationId: hex(''), sourceId: SERVER_ID });
export const retry = concat(
  longHeader({ type: 'retry', sourceId: SERVER_ID, token: hex('01020304') }),
  new Uint8Array(16),
);
export const versionNegotiation = hex('80 00000000 00 08 8394c8f03e515708 6b3343cf');
