/** What was recognised in a flow: one variant a protocol. Names are lower case, without a trailing dot or port. */
export type Facts =
  | HttpFacts
  | TlsFacts
  | WechatFrameFacts
  | MmtlsFacts
  | MmtlsHttpFacts
  | WechatMediaFacts
  | QqMsfFacts
  | OicqFacts
  | QuicFacts
  | DnsFacts
  | CallFacts;

export type AppProtocol = Facts['app'];

/** An HTTP/1 request (RFC 9112). */
export interface HttpFacts {
  readonly app: 'http';
  readonly name: string;
  readonly method: string;
  /** The request target's path and query, as sent. */
  readonly path: string;
}

/** A TLS ClientHello (RFC 8446 §4.1.2, RFC 6066 §3). */
export interface TlsFacts {
  readonly app: 'tls';
  /** The server name; null where the hello carries none. With ECH this is the outer name. */
  readonly name: string | null;
  readonly ech: boolean;
}

/** WeChat's 16-byte frame on its long connection. */
export interface WechatFrameFacts {
  readonly app: 'wechat-frame';
  readonly operation: number;
}

/** WeChat's own TLS, raw on TCP. */
export interface MmtlsFacts {
  readonly app: 'mmtls';
  readonly hello: 'full' | 'resumed' | 'early-data';
}

/** mmtls records as the body of one HTTP exchange. The name is the `Host`, null where that is an IP address. */
export interface MmtlsHttpFacts {
  readonly app: 'mmtls-http';
  readonly name: string | null;
}

/** WeChat's media transfer, `ab` and a length. */
export interface WechatMediaFacts {
  readonly app: 'wechat-media';
}

/** Phone QQ's length-prefixed messages (MSF). */
export interface QqMsfFacts {
  readonly app: 'qq-msf';
  readonly type: number;
}

/** QQ's OICQ packets, over UDP or TCP. */
export interface OicqFacts {
  readonly app: 'oicq';
  readonly version: number;
  readonly command: number;
}

/** A QUIC Initial (RFC 9000, RFC 9001, RFC 9369) and the ClientHello inside. */
export interface QuicFacts {
  readonly app: 'quic';
  readonly name: string | null;
  readonly ech: boolean;
}

/** A DNS question (RFC 1035 §4.1.2). */
export interface DnsFacts {
  readonly app: 'dns';
  readonly name: string;
  readonly type: number;
}

/** A voice or video call's packets over UDP. */
export interface CallFacts {
  readonly app: 'wechat-call' | 'qq-call';
}

/** The name a flow asked for, where its protocol has one. */
export function nameOf(facts: Facts): string | null {
  return 'name' in facts ? facts.name : null;
}
