import type { VerdictRecord } from '../judge/verdict-record.ts';
import { TCP, UDP } from '../packet/protocol-number.ts';
import { type AsciiText, encoded } from './ascii-text.ts';
import { encodings } from './encodings.ts';
import { writeEveFacts } from './eve-facts.ts';
import { eveTimestamp } from './eve-timestamp.ts';
import { ipText } from './ip-text.ts';
import { jsonText } from './json-text.ts';
import { protocolName } from './protocol-name.ts';

export interface EveOptions {
  /** The capture that is replayed; every line names it. */
  readonly pcapFilename?: string;
}

/**
 * Writes a verdict as one line of JSON in the words of Suricata's EVE log, with the line's end. `count` is how many
 * verdicts alike the line stands for; a line without it stands for one. `atMs` is the time it shows, in Unix time;
 * without it the record's own.
 */
export type EveWriter = (line: AsciiText, record: VerdictRecord, count?: number, atMs?: number) => void;

const MAC_BYTES = 6;

const TIMESTAMP = encoded('{"timestamp":"');
const FLOW_ID = encoded('","flow_id":');
const SOURCE_IP = encoded(',"src_ip":"');
const SOURCE_PORT = encoded('","src_port":');
const DESTINATION_IP = encoded('","dest_ip":"');
const DESTINATION_IP_BEHIND_PORT = encoded(',"dest_ip":"');
const DESTINATION_PORT = encoded('","dest_port":');
const MAC = encoded(',"ether":{"src_mac":"');
const MAC_END = encoded('"}');
const COUNT = encoded(',"count":');
const DOT = 0x2e;
const COLON = 0x3a;

export function eveWriter(options: EveOptions = {}): EveWriter {
  const timestamp = eveTimestamp();
  const { pcapFilename } = options;
  const tail = encoded(pcapFilename === undefined ? '}\n' : `,"pcap_filename":${jsonText(pcapFilename)}}\n`);
  return (line, record, count = 1, atMs = record.atMs) => {
    const { inInterface, facts, action, rule, reason } = record;
    timestamp(line.bytes(TIMESTAMP), atMs);
    line
      .bytes(FLOW_ID)
      .decimal(record.flowId)
      .bytes(inInterface === null ? EVENT : eventOn(inInterface));
    writeEnds(line, record);
    if (facts !== null) writeEveFacts(line, facts);
    line.bytes(rule === null ? WITHOUT_RULE[action] : byRule[action](rule)).bytes(because(reason));
    if (count !== 1) line.bytes(COUNT).decimal(count);
    line.bytes(tail);
  };
}

const EVENT_TEXT = ',"event_type":"verdict"';
const EVENT = encoded(EVENT_TEXT);
const eventOn = encodings((name) => `,"in_iface":${jsonText(name)}${EVENT_TEXT}`);

const actionText = (action: VerdictRecord['action']) => `,"verdict":{"action":"${action}","rule":`;
const WITHOUT_RULE = { allow: encoded(`${actionText('allow')}null`), drop: encoded(`${actionText('drop')}null`) };
const byRule = {
  allow: encodings((rule) => `${actionText('allow')}${jsonText(rule)}`),
  drop: encodings((rule) => `${actionText('drop')}${jsonText(rule)}`),
};
const because = encodings((reason) => `,"reason":${jsonText(reason)}}`);

const withoutPorts = encodings((protocol) => `","proto":"${protocol}"`);
const behindPorts = encodings((protocol) => `,"proto":"${protocol}"`);

function writeEnds(line: AsciiText, record: VerdictRecord): void {
  const { addresses, addressBytes, protocol } = record;
  const name = protocolName(protocol);
  writeAddress(line.bytes(SOURCE_IP), addresses, 0, addressBytes);
  if (protocol === TCP || protocol === UDP) {
    line.bytes(SOURCE_PORT).decimal(record.sourcePort).bytes(DESTINATION_IP_BEHIND_PORT);
    writeAddress(line, addresses, addressBytes, addressBytes);
    line.bytes(DESTINATION_PORT).decimal(record.destinationPort).bytes(behindPorts(name));
  } else {
    writeAddress(line.bytes(DESTINATION_IP), addresses, addressBytes, addressBytes);
    line.bytes(withoutPorts(name));
  }
  if (addresses.length > 2 * addressBytes) writeMac(line, addresses, 2 * addressBytes);
}

function writeAddress(line: AsciiText, bytes: Uint8Array, at: number, count: number): void {
  if (count !== 4) {
    line.ascii(ipText(bytes.slice(at, at + count)));
    return;
  }
  line.decimal(bytes[at] ?? 0);
  for (let i = 1; i < 4; i += 1) line.character(DOT).decimal(bytes[at + i] ?? 0);
}

function writeMac(line: AsciiText, bytes: Uint8Array, at: number): void {
  line.bytes(MAC).hex(bytes[at] ?? 0);
  for (let i = 1; i < MAC_BYTES; i += 1) line.character(COLON).hex(bytes[at + i] ?? 0);
  line.bytes(MAC_END);
}
