import { explainReason as explainPolicyReason } from '../classify/reasons.ts';

/** What the judge itself says of a flow, as it stands in the log, and a sentence for the owner. */
const JUDGE_REASONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'allowed-by-rule': 'It was recognised, a rule allows it, and the server has answered as it should.',
    'allowed-but-unanswered': 'A rule allows it; the server never answered.',
    unrecognised: 'Its first bytes belong to no protocol that is known here.',
    'answer-unrecognised': 'The phone spoke a protocol that is allowed; the server answered in another one.',
    'server-spoke-first': 'The server sent something before the phone did. No chat begins like that; SSH and mail do.',
    'never-completed': 'Its first message was never completed.',
    'too-many-undecided':
      'So many connections were undecided at a time that the oldest had to go. Is someone flooding?',
    'too-much-out-of-order': 'More of it came out of order than is kept to put it in order again.',
    'too-much-unacknowledged': 'It sent more in a row than is remembered until the server answers.',
    'too-much-remembered':
      'All that is remembered of unfinished messages took too much memory, and this was the oldest. Is someone flooding?',
    'sent-again-with-other-bytes':
      'Something was sent twice with different contents, so nobody can know which of the two the server took.',
    'bytes-before-start': 'Something came in front of the place where the server said the connection begins.',
    'syn-in-connection': 'It sent a second SYN that starts elsewhere, inside a connection that had begun.',
    'urgent-data': 'It used TCP urgent data, which readers understand differently (RFC 6093).',
    'in-progress': 'The connection is older than the rules, or than chatgate itself. The app opens a new one.',
    'handshake-unseen':
      'Where the connection starts is not known: its handshake was not seen, or too long ago. The app opens a new one.',
    'no-longer-remembered':
      'What the connection said before is no longer remembered, so that it cannot be read on. The app opens a new one.',
    'opened-from-outside': 'Somebody outside tried to reach a phone.',
    'not-tcp-or-udp': 'It is neither TCP nor UDP: a ping, or a tunnel of another kind.',
    'packet-malformed': 'Its headers are cut short or contradict each other.',
    'packet-fragment': 'It is a piece of a larger packet whose other pieces are missing.',
    'call-without-chat': 'It looks like a call of a phone that has not chatted within the last hour.',
  }),
);

/** How a dissector's reasons begin, and what they speak of. */
const SUBJECTS: readonly (readonly [prefix: string, subject: string])[] = [
  ['mmtls-http-', 'mmtls inside HTTP'],
  ['mmtls-', 'mmtls'],
  ['http-', 'HTTP'],
  ['client-hello-', 'a TLS or QUIC hello'],
  ['server-hello-', "a TLS server's hello"],
  ['tls-', 'TLS'],
  ['quic-', 'QUIC'],
  ['dns-', 'DNS'],
  ['wechat-frame-', "WeChat's long connection"],
  ['wechat-media-', "WeChat's media transfer"],
  ['qq-msf-', "phone QQ's long connection"],
  ['oicq-', "QQ's OICQ"],
  ['call-', 'a call'],
];

/** A sentence for any reason in the log; null for a word that is none. */
export function explainReason(reason: string): string | null {
  const own = JUDGE_REASONS.get(reason) ?? explainPolicyReason(reason);
  if (own !== null) return own;
  const subject = SUBJECTS.find(([prefix]) => reason.startsWith(prefix));
  if (subject === undefined) return null;
  const [prefix, what] = subject;
  const fault = reason.slice(prefix.length).replaceAll('-', ' ');
  return `It looks like ${what}, but not as a chat sends it (${fault}). What breaks the protocol, or could be read in two ways, does not pass.`;
}
