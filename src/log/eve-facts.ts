import type { Facts } from '../dissect/facts.ts';
import { dnsTypeName } from './dns-type-name.ts';
import { jsonText } from './json-text.ts';

/**
 * What was recognised, as members of an EVE object, each with a comma in front: `app_proto`, and under the
 * protocol's own key what is known of it. `http`, `tls`, `quic` and `dns` hold Suricata's field names.
 */
export function eveFacts(facts: Facts): string {
  return `,"app_proto":"${facts.app}"${detail(facts)}`;
}

function detail(facts: Facts): string {
  switch (facts.app) {
    case 'http': {
      const { name, method, path } = facts;
      return `,"http":{"hostname":${jsonText(name)},"url":${jsonText(path)},"http_method":${jsonText(method)}}`;
    }
    case 'mmtls-http':
      return facts.name === null ? '' : `,"http":{"hostname":${jsonText(facts.name)}}`;
    case 'tls':
    case 'quic':
      return `,"${facts.app}":${hello(facts.name, facts.ech)}`;
    case 'dns':
      return `,"dns":{"type":"query","rrname":${jsonText(facts.name)},"rrtype":"${dnsTypeName(facts.type)}"}`;
    case 'wechat-frame':
      return `,"wechat_frame":{"operation":${facts.operation}}`;
    case 'mmtls':
      return `,"mmtls":{"hello":"${facts.hello}"}`;
    case 'qq-msf':
      return `,"qq_msf":{"type":${facts.type}}`;
    case 'oicq':
      return `,"oicq":{"version":${facts.version},"command":${facts.command}}`;
    case 'wechat-media':
    case 'wechat-call':
    case 'qq-call':
      return '';
  }
}

function hello(name: string | null, ech: boolean): string {
  const sni = name === null ? '' : `"sni":${jsonText(name)}`;
  if (!ech) return `{${sni}}`;
  return sni === '' ? '{"ech":true}' : `{${sni},"ech":true}`;
}
