import type { Facts } from '../dissect/facts.ts';
import { type AsciiText, encoded } from './ascii-text.ts';
import { dnsTypeName } from './dns-type-name.ts';
import { encodings } from './encodings.ts';

const HOST_NAME = encoded(',"http":{"hostname":');
const URL = encoded(',"url":');
const METHOD = encoded(',"http_method":');
const SNI = encoded('"sni":');
const appProtocol = encodings((app) => `,"app_proto":"${app}"`);
const ofApp = encodings((app) => `,"${app}":{`);

/**
 * What was recognised, as members of an EVE object, each with a comma in front: `app_proto`, and under the
 * protocol's own key what is known of it. `http`, `tls`, `quic` and `dns` hold Suricata's field names.
 */
export function writeEveFacts(line: AsciiText, facts: Facts): void {
  line.bytes(appProtocol(facts.app));
  switch (facts.app) {
    case 'http':
      line.bytes(HOST_NAME).json(facts.name).bytes(URL).json(facts.path).bytes(METHOD).json(facts.method).ascii('}');
      break;
    case 'mmtls-http':
      if (facts.name !== null) line.bytes(HOST_NAME).json(facts.name).ascii('}');
      break;
    case 'tls':
    case 'quic':
      line.bytes(ofApp(facts.app));
      if (facts.name !== null) line.bytes(SNI).json(facts.name);
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
