import { followDatagrams } from '../datagrams.ts';
import type { DatagramDissector } from '../dissector.ts';
import { type DatagramStep, NOT_THIS } from '../outcome.ts';
import { isPacket, oicqFacts } from './packet.ts';

/** A login exchanges more than this before the first message. */
const CLIENT_DATAGRAMS = 4;
const SERVER_DATAGRAMS = 2;

const begin: DatagramStep = (datagram) => {
  if (!isPacket(datagram)) return NOT_THIS;
  const facts = oicqFacts(datagram, 0);
  const sameClient = (later: Uint8Array) => isPacket(later) && oicqFacts(later, 0).version === facts.version;
  return {
    kind: 'match',
    facts,
    next: followDatagrams(sameClient, CLIENT_DATAGRAMS - 1, 'oicq-followed-by-other-datagrams'),
    answer: followDatagrams(isPacket, SERVER_DATAGRAMS, 'oicq-answered-by-other-datagrams'),
  };
};

/** QQ's older protocol over UDP, one packet a datagram; a client keeps its version. */
export const oicqUdp: DatagramDissector = { app: 'oicq', transport: 'udp', ports: [8000], begin };
