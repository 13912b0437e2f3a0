import type { Facts } from '../dissect/facts.ts';
import { type AsciiText, encoded } from './ascii-text.ts';
import { dnsTypeName } from './dns-type-name.ts';
import { encodings } from './encodings.ts';

const appProtocol = encodings((app) => `,"app_proto":"${app}"`);
const ofHost = encodings((app) => `,"app_proto":"${app}","http":{"hostname":`);
const URL = encoded(',"url":');
const METHOD = encoded(',"http_method":');
const ofServerName = encodings((app) => `,"app_proto":"${app}","${app}":{"sni":`);
const ofNobody = encodings((app) => `,"app_proto":"${app}","${app}":{`);

/**
 * What was recognised, as members of an EVE object, each with a comma in front: `app_proto`, and under the
 * protocol's own key what is known of it. `http`, `tls`, `quic` and `dns` hold Suricata's field names.
 */
export function writeEveFacts(line: AsciiText, facts: Facts): void {
  const { app } = facts;
  switch (app) {
    case 'http':
      line.bytes(ofHost(app)).json(facts.name).bytes(URL).json(facts.path).bytes(METHOD).json(facts.method).ascii('}');
      break;
    case 'mmtls-http':
      if (facts.name === null) line.bytes(appProtocol(app));
      else line.bytes(ofHost(app)).json(facts.name).ascii('}');
      break;
    case 'tls':
    case 'quic':
      if (facts.name === null) line.bytes(ofNobody(app)).ascii(facts.ech ? '"ech":true}' : '}');
      else {
        line
          .bytes(ofServerName(app))
          .json(facts.name)
          .ascii(facts.ech ? ',"ech":true}' : '}');
      }
      break;
    case 'dns':
      line.bytes(appProtocol(app)).ascii(',"dns":{"type":"query","rrname":').json(facts.name);
      line.ascii(',"rrtype":"').ascii(dnsTypeName(facts.type)).ascii('"}');
      break;
    case 'wechat-frame':
      line.bytes(appProtocol(app)).ascii(',"wechat_frame":{"operation":').decimal(facts.operation).ascii('}');
      break;
    case 'mmtls':
      line.bytes(appProtocol(app)).ascii(',"mmtls":{"hello":"').ascii(facts.hello).ascii('"}');
      break;
    case 'qq-msf':
      line.bytes(appProtocol(app)).ascii(',"qq_msf":{"type":').decimal(facts.type).ascii('}');
      break;
    case 'oicq':
      line.bytes(appProtocol(app)).ascii(',"oicq":{"version":').decimal(facts.version);
      line.ascii(',"command":').decimal(facts.command).ascii('}');
      break;
    case 'wechat-media':
    case 'wechat-call':
    case 'qq-call':
      line.bytes(appProtocol(app));
      break;
  }
}
