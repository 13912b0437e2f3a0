import type { StreamDissector } from '../dissector.ts';
import { more, NOT_THIS, never, type StreamStep } from '../outcome.ts';
import { unsigned } from '../unsigned.ts';
import { asking, type Outstanding, readAnswerHead } from './answer.ts';
import { maxQuestionBytes, maxQuestionHeadBytes, minQuestionBytes, readQuestion } from './question.ts';

/** Every message stands behind its length, a u16 that does not count itself (RFC 1035 §4.2.2). */
const lengthBytes = 2;

/**
 * DNS over TCP (RFC 7766): the client sends questions, one behind the other, the server answers to questions that were
 * asked, for as long as the connection lives.
 */
export const dnsTcp: StreamDissector = { app: 'dns', transport: 'tcp', ports: [53], begin: questions([]) };

function questions(outstanding: Outstanding): StreamStep {
  return (bytes) => {
    if (bytes.length < lengthBytes) return more(lengthBytes);
    const messageBytes = unsigned(bytes, 0, lengthBytes);
    if (messageBytes < minQuestionBytes || messageBytes > maxQuestionBytes) return NOT_THIS;
    const end = lengthBytes + messageBytes;
    if (bytes.length < end) return more(end);
    const question = readQuestion(bytes.subarray(lengthBytes, end));
    if (question.kind === 'never') return question;
    const asked = asking(outstanding, question);
    return {
      kind: 'match',
      facts: { app: 'dns', name: question.name, type: question.type },
      consumed: end,
      skip: 0,
      next: questions(asked),
      answer: answers(asked),
    };
  };
}

/**
 * Reads each answer's head and passes over its records, whose data may hold anything, in one go: a question asked
 * meanwhile puts a new step in this one's place, which has to find itself at a message's start.
 */
function answers(outstanding: Outstanding): StreamStep {
  const step: StreamStep = (bytes) => {
    if (bytes.length < lengthBytes) return more(lengthBytes);
    const messageBytes = unsigned(bytes, 0, lengthBytes);
    const headEnd = lengthBytes + Math.min(messageBytes, maxQuestionHeadBytes);
    if (bytes.length < headEnd) return more(headEnd);
    const head = readAnswerHead(bytes.subarray(lengthBytes, headEnd), messageBytes, outstanding);
    if (head.kind === 'never') return head;
    const skip = messageBytes - head.end;
    if (head.records === 0 && skip > 0) return never('dns-answer-trailing-bytes');
    return { kind: 'match', facts: null, consumed: lengthBytes + head.end, skip, next: step };
  };
  return step;
}
