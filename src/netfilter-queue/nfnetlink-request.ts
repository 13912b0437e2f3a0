import { constants } from 'node:os';
import { type Answer, aligned, NETLINK_HEADER_BYTES, readAnswer } from './netlink-message.ts';
import { connectKernel, systemCallFailed } from './netlink-socket.ts';

/** An answer repeats the request it refuses. */
const MAX_ANSWER_BYTES = 4096;
const MAX_ANSWERS = 16;

/**
 * Hands the kernel one datagram of nfnetlink messages and returns the errors it answers with: 0 for each message that
 * asked for an acknowledgement and is accepted. The kernel works all of them off before this returns.
 * @param connect for tests that stand in for the kernel.
 * @throws NetfilterQueueError where it cannot be asked at all.
 */
export function requestNfnetlink(datagram: Uint8Array, connect = connectKernel): readonly Answer[] {
  const socket = connect({
    batch: MAX_ANSWERS,
    datagramBytes: MAX_ANSWER_BYTES,
    receiveBufferBytes: 2 * MAX_ANSWERS * MAX_ANSWER_BYTES,
    receiveTimeoutMs: 1,
  });
  try {
    const sent = socket.send(datagram, datagram.length);
    if (sent < 0) throw systemCallFailed('send', -sent);
    const count = socket.receive(false);
    if (count < 0 && count !== -constants.errno.EAGAIN) throw systemCallFailed('recvmmsg', -count);
    const received = socket.arena.views.slice(0, Math.max(count, 0));
    return received.flatMap((view, index) => readAnswers(view, socket.arena.receivedBytes(index)));
  } finally {
    socket.close();
  }
}

/** Several may come in one datagram. */
function readAnswers(view: DataView, end: number): readonly Answer[] {
  const answers: Answer[] = [];
  for (let at = 0; at + NETLINK_HEADER_BYTES <= end; ) {
    const answer = readAnswer(view, at, end);
    if (answer !== null) answers.push(answer);
    at += Math.max(NETLINK_HEADER_BYTES, aligned(view.getUint32(at, true)));
  }
  return answers;
}
