import { remembering } from '../dissect/remembering.ts';
import type { VerdictRecord } from '../judge/verdict-record.ts';
import { TCP, UDP } from '../packet/protocol-number.ts';
import { type AsciiText, encoded } from './ascii-text.ts';
import { encodings, MAX_ENCODINGS } from './encodings.ts';
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

const TIMESTAMP = '{"timestamp":"';
const FLOW_ID = '","flow_id":';
const SOURCE_PORT = encoded('","src_port":');
const DESTINATION_IP = encoded('","dest_ip":"');
const DESTINATION_IP_BEHIND_PORT = encoded(',"dest_ip":"');
const DESTINATION_PORT = encoded('","dest_port":');
const MAC = ',"ether":{"src_mac":"';
const MAC_END = encoded('"}');
const COUNT = encoded(',"count":');
const DOT = 0x2e;
const COLON = 0x3a;

export function eveWriter(options: EveOptions = {}): EveWriter {
  const timestamp = eveTimestamp(TIMESTAMP, FLOW_ID);
  const { pcapFilename } = options;
  const tail = encoded(pcapFilename === undefined ? '}\n' : `,"pcap_filename":${jsonText(pcapFilename)}}\n`);
  return (line, record, count = 1, atMs = record.atMs) => {
    const { inInterface, facts, action, rule, reason } = record;
    timestamp(line, atMs);
    line.decimal(record.flowId).bytes(inInterface === null ? EVENT : eventOn(inInterface));
    writeEnds(line, record);
    if (facts !== null) writeEveFacts(line, facts);
    const verdict = rule === null ? withoutRule[action] : byRule[action](rule);
    line.bytes(verdict(reason));
    if (count !== 1) line.bytes(COUNT).decimal(count);
    line.bytes(tail);
  };
}

const EVENT_TEXT = ',"event_type":"verdict","src_ip":"';
const EVENT = encoded(EVENT_TEXT);
const eventOn = encodings((name) => `,"in_iface":${jsonText(name)}${EVENT_TEXT}`);

/** By reason. */
const verdicts = (action: VerdictRecord['action'], rule: string) =>
  encodings((reason) => `,"verdict":{"action":"${action}","rule":${rule},"reason":${jsonText(reason)}}`);
const withoutRule = { allow: verdicts('allow', 'null'), drop: verdicts('drop', 'null') };
const byRule = {
  allow: remembering((rule) => verdicts('allow', jsonText(rule)), MAX_ENCODINGS),
  drop: remembering((rule) => verdicts('drop', jsonText(rule)), MAX_ENCODINGS),
};

const withoutPorts = byProtocol((name) => `","proto":"${name}"`);
const behindPorts = byProtocol((name) => `,"proto":"${name}"`);
const behindPortsWithMac = byProtocol((name) => `,"proto":"${name}"${MAC}`);
const withoutPortsWithMac = byProtocol((name) => `","proto":"${name}"${MAC}`);

/** What is rendered of a protocol's name, by its number, 0 to 255. */
function byProtocol(render: (name: string) => string): (protocol: number) => Uint8Array {
  const known = new Array<Uint8Array | null>(256).fill(null);
  return (protocol) => {
    const found = known[protocol] ?? null;
    if (found !== null) return found;
    const bytes = encoded(render(protocolName(protocol)));
    known[protocol] = bytes;
    return bytes;
  };
}

function writeEnds(line: AsciiText, record: VerdictRecord): void {
  const { addresses, addressBytes, protocol } = record;
  const hasMac = addresses.length > 2 * addressBytes;
  writeAddress(line, addresses, 0, addressBytes);
  if (protocol === TCP || protocol === UDP) {
    line.bytes(SOURCE_PORT).decimal(record.sourcePort).bytes(DESTINATION_IP_BEHIND_PORT);
    writeAddress(line, addresses, addressBytes, addressBytes);
    line.bytes(DESTINATION_PORT).decimal(record.destinationPort);
    line.bytes(hasMac ? behindPortsWithMac(protocol) : behindPorts(protocol));
  } else {
    writeAddress(line.bytes(DESTINATION_IP), addresses, addressBytes, addressBytes);
    line.bytes(hasMac ? withoutPortsWithMac(protocol) : withoutPorts(protocol));
  }
  if (hasMac) writeMac(line, addresses, 2 * addressBytes);
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
  line.hex(bytes[at] ?? 0);
  for (let i = 1; i < MAC_BYTES; i += 1) line.character(COLON).hex(bytes[at + i] ?? 0);
  line.bytes(MAC_END);
}
