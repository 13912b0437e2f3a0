/** `pack/rule`, as it stands in the log, e.g. `wechat/text/short-connection`, `owner/allow-3`. */
export type RuleId = string & { readonly __brand: 'RuleId' };

export type Decision = Allow | Deny;

export interface Allow {
  readonly action: 'allow';
  readonly rule: RuleId;
}

export interface Deny {
  readonly action: 'deny';
  /** Kebab-case words for the log, e.g. `name-not-allowed`. */
  readonly reason: string;
}

/** Where a flow goes. */
export interface Endpoint {
  readonly transport: 'tcp' | 'udp';
  readonly port: number;
  /** 4 or 16 bytes, network order. */
  readonly address: Uint8Array;
}
