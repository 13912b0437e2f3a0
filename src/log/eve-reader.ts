import * as v from 'valibot';

/** A line of the verdict log, read back as far as people want to see it. */
export interface LoggedVerdict {
  /** Unix time; NaN where the line tells none. */
  readonly atMs: number;
  readonly action: 'allow' | 'drop';
  readonly client: string;
  /** Null where the protocol has no ports. */
  readonly clientPort: number | null;
  readonly server: string;
  readonly serverPort: number | null;
  /** The name the flow asked for, null where there was none. */
  readonly name: string | null;
  /** `tls`, `mmtls` …; the transport where nothing was recognised. */
  readonly app: string;
  readonly rule: string | null;
  readonly reason: string;
  /** How many verdicts alike the line stands for. */
  readonly count: number;
}

const hello = v.optional(v.looseObject({ sni: v.optional(v.string()) }));

const EveLine = v.looseObject({
  event_type: v.literal('verdict'),
  timestamp: v.optional(v.string(), ''),
  src_ip: v.string(),
  src_port: v.optional(v.number()),
  dest_ip: v.string(),
  dest_port: v.optional(v.number()),
  proto: v.string(),
  app_proto: v.optional(v.string()),
  tls: hello,
  quic: hello,
  http: v.optional(v.looseObject({ hostname: v.optional(v.string()) })),
  dns: v.optional(v.looseObject({ rrname: v.optional(v.string()) })),
  verdict: v.looseObject({
    action: v.picklist(['allow', 'drop']),
    rule: v.nullable(v.string()),
    reason: v.string(),
  }),
  count: v.optional(v.number(), 1),
});

/** Reads one line; null where it is not a verdict. Never throws. */
export function readVerdict(line: string): LoggedVerdict | null {
  const parsed = v.safeParse(EveLine, jsonOrNull(line));
  if (!parsed.success) return null;
  const { verdict, ...eve } = parsed.output;
  return {
    atMs: Date.parse(eve.timestamp),
    action: verdict.action,
    client: eve.src_ip,
    clientPort: eve.src_port ?? null,
    server: eve.dest_ip,
    serverPort: eve.dest_port ?? null,
    name: eve.tls?.sni ?? eve.http?.hostname ?? eve.quic?.sni ?? eve.dns?.rrname ?? null,
    app: eve.app_proto ?? eve.proto.toLowerCase(),
    rule: verdict.rule,
    reason: verdict.reason,
    count: eve.count,
  };
}

function jsonOrNull(line: string): unknown {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
