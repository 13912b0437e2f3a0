import type { AppProtocol } from '../dissect/facts.ts';

/** What the policy has to know of each protocol: what carries it, and whether a flow of it may say a name. */
const APPS: Readonly<Record<AppProtocol, { readonly over: readonly ('tcp' | 'udp')[]; readonly named: boolean }>> = {
  http: { over: ['tcp'], named: true },
  tls: { over: ['tcp'], named: true },
  'mmtls-http': { over: ['tcp'], named: true },
  quic: { over: ['udp'], named: true },
  dns: { over: ['udp', 'tcp'], named: true },
  'wechat-frame': { over: ['tcp'], named: false },
  mmtls: { over: ['tcp'], named: false },
  'wechat-media': { over: ['tcp'], named: false },
  'qq-msf': { over: ['tcp'], named: false },
  oicq: { over: ['udp', 'tcp'], named: false },
  'wechat-call': { over: ['udp'], named: false },
  'qq-call': { over: ['udp'], named: false },
};

export const APP_PROTOCOLS: readonly string[] = Object.keys(APPS);

export function isAppProtocol(text: string): text is AppProtocol {
  return Object.hasOwn(APPS, text);
}

export function carries(transport: 'tcp' | 'udp', app: AppProtocol): boolean {
  return APPS[app].over.includes(transport);
}

export function mayBeNamed(app: AppProtocol): boolean {
  return APPS[app].named;
}
