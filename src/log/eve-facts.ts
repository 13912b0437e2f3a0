import type { Facts } from '../dissect/facts.ts';
import type { AsciiText } from './ascii-text.ts';
import { dnsTypeName } from './dns-type-name.ts';

/**
 * What was recognised, as members of an EVE object, each with a comma in front: `app_proto`, and under the
 * protocol's own key what is known of it. `http`, `tls`, `quic` and `dns` hold Suricata's field names.
 */
export function writeEveFacts(line: AsciiText, facts: Facts): void {
  line.ascii(',"app_proto":"').ascii(facts.app).ascii('"');
  switch (facts.app) {
    case 'http':
      line.ascii(',"http":{"hostname":').json(facts.name).ascii(',"url":').json(facts.path);
      line.ascii(',"http_method":').json(facts.method).ascii('}');
      break;
    case 'mmtls-http':
      if (facts.name !== null) line.ascii(',"http":{"hostname":').json(facts.name).ascii('}');
      break;
    case 'tls':
    case 'quic':
      line.ascii(',"').ascii(facts.app).ascii('":{');
      if (facts.name !== null) line.ascii('"sni":').json(facts.name);
      if (facts.ech) line.ascii(facts.name === null ? '"ech":true' : ',"ech":true');
      line.ascii('}');
      break;
    case 'dns':
      line.ascii(',"dns":{"type":"query","rrname":').json(facts.name);
      line.ascii(',"rrtype":"').ascii(dnsTypeName(facts.type)).ascii('"}');
      break;
    case 'wechat-frame':
      line.ascii(',"wechat_frame":{"operation":').decimal(facts.operation).ascii('}');
      break;
    case 'mmtls':
      line.ascii(',"mmtls":{"hello":"').ascii(facts.hello).ascii('"}');
      break;
    case 'qq-msf':
      line.ascii(',"qq_msf":{"type":').decimal(facts.type).ascii('}');
      break;
    case 'oicq':
      line.ascii(',"oicq":{"version":').decimal(facts.version);
      line.ascii(',"command":').decimal(facts.command).ascii('}');
      break;
    case 'wechat-media':
    case 'wechat-call':
    case 'qq-call':
      break;
  }
}
