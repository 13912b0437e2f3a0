import { describe, expect, it } from 'vitest';
import { hex } from '../hex.ts';
import {
  converse,
  facts,
  fromClient,
  half,
  initial,
  piece,
  quicHello,
  retry,
  SERVER_ID,
  serverInitial,
  versionNegotiation,
  whole,
} from './conversation.ts';
import { cryptoFrame } from './encode-initial.ts';

describe('a client that has to start anew', () => {
  const token = hex('01020304');
  const again = (frames: Uint8Array, packetNumber: number) =>
    initial(frames, { destinationId: SERVER_ID, token, packetNumber });

  it('after a Retry sends its hello again, to the id of the server and with the keys of that', () => {
    const course = converse(
      ['client', whole],
      ['server', retry],
      ['server', retry],
      ['client', again(piece(0, half), 1)],
      ['client', again(piece(half), 2)],
      ['server', serverInitial],
    );
    expect(course).toMatchObject({ facts: [facts], read: [], never: null });
  });

  it('after a Retry that came before its hello was complete sends all of it again', () => {
    const course = fromClient(initial(piece(0, half)), again(piece(0, half), 1), again(piece(half), 2));
    expect(course).toMatchObject({ facts: [facts], kinds: ['more', 'more', 'match'], never: null });
  });

  it('cannot complete the hello of one connection with that of another', () => {
    const course = fromClient(initial(piece(0, half)), again(piece(half), 1));
    expect(course).toMatchObject({ facts: [], kinds: ['more', 'more'], never: null });
  });

  it('after a Retry may not ask for another name', () => {
    const other = again(cryptoFrame(0, quicHello('other.net')), 1);
    const course = converse(['client', whole], ['server', retry], ['client', other]);
    expect(course).toMatchObject({ facts: [facts], never: 'quic-second-hello-differs' });
  });

  it('after a version negotiation uses the other version', () => {
    const second = initial(piece(0), { version: 'v2', destinationId: hex('0102030405060708') });
    const course = converse(
      ['client', whole],
      ['server', versionNegotiation],
      ['client', second],
      ['server', serverInitial],
    );
    expect(course).toMatchObject({ facts: [facts], read: [], never: null });
  });

  it('does so within the same ten datagrams', () => {
    const ids = Array.from({ length: 10 }, (_, at) => new Uint8Array(8).fill(at));
    const course = fromClient(...ids.map((destinationId) => initial(piece(0, half), { destinationId })));
    expect(course.kinds).toEqual([...Array(9).fill('more'), 'never']);
    expect(course.never).toBe('quic-hello-in-too-many-datagrams');
  });
});
