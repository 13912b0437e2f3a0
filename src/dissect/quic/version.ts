import { Buffer } from 'node:buffer';

export type LongPacketType = 'initial' | '0-rtt' | 'handshake' | 'retry';

/** What differs between the versions of QUIC as far as an Initial goes. */
export interface QuicVersion {
  /** As it stands in the long header. */
  readonly number: number;
  /** The packet types in the order of the two bits that name them. */
  readonly types: readonly [LongPacketType, LongPacketType, LongPacketType, LongPacketType];
  readonly initialSalt: Uint8Array;
  /** What stands before `key`, `iv` and `hp` in the labels the keys are derived with. */
  readonly labelPrefix: string;
}

/** RFC 9000 §17.2, RFC 9001 §5.2. */
const V1: QuicVersion = {
  number: 1,
  types: ['initial', '0-rtt', 'handshake', 'retry'],
  initialSalt: Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex'),
  labelPrefix: 'quic ',
};

/** RFC 9369 §3. */
const V2: QuicVersion = {
  number: 0x6b3343cf,
  types: ['retry', 'initial', '0-rtt', 'handshake'],
  initialSalt: Buffer.from('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'hex'),
  labelPrefix: 'quicv2 ',
};

export function quicVersion(number: number): QuicVersion | undefined {
  return number === V1.number ? V1 : number === V2.number ? V2 : undefined;
}
