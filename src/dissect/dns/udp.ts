import type { DatagramDissector } from '../dissector.ts';
import type { DatagramStep } from '../outcome.ts';
import { asking, faultOfRecords, type Outstanding, readAnswerHead } from './answer.ts';
import { readQuestion } from './question.ts';

/**
 * DNS over UDP (RFC 1035 §4.2.1): every datagram of the client is one question, every one of the server an answer to a
 * question that was asked, for as long as the flow lives.
 */
export const dnsUdp: DatagramDissector = { app: 'dns', transport: 'udp', ports: [53], begin: questions([]) };

function questions(outstanding: Outstanding): DatagramStep {
  return (datagram) => {
    const question = readQuestion(datagram);
    if (question.kind === 'never') return question;
    const asked = asking(outstanding, question);
    return {
      kind: 'match',
      facts: { app: 'dns', name: question.name, type: question.type },
      next: questions(asked),
      answer: answers(asked),
    };
  };
}

function answers(outstanding: Outstanding): DatagramStep {
  const step: DatagramStep = (datagram) => {
    const head = readAnswerHead(datagram, datagram.length, outstanding);
    if (head.kind === 'never') return head;
    return faultOfRecords(datagram, head) ?? { kind: 'match', facts: null, next: step };
  };
  return step;
}
