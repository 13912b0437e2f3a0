import type { VerdictRecord } from '../judge/verdict-record.ts';
import { TCP, UDP } from '../packet/protocol-number.ts';
import { eveFacts } from './eve-facts.ts';
import { eveTimestamp } from './eve-timestamp.ts';
import { ipText } from './ip-text.ts';
import { jsonText } from './json-text.ts';
import { protocolName } from './protocol-name.ts';

export interface EveOptions {
  /** The capture that is replayed; every line names it. */
  readonly pcapFilename?: string;
}

/**
 * A verdict as one line of JSON in the words of Suricata's EVE log, without the line's end. `count` is how many
 * verdicts alike the line stands for; a line without it stands for one.
 */
export type EveFormatter = (record: VerdictRecord, count?: number) => string;

export function eveFormatter(options: EveOptions = {}): EveFormatter {
  const timestamp = eveTimestamp();
  const { pcapFilename } = options;
  const tail = pcapFilename === undefined ? '}' : `,"pcap_filename":${jsonText(pcapFilename)}}`;
  return (record, count = 1) =>
    `{"timestamp":"${timestamp(record.atMs)}","flow_id":${record.flowId}${inInterface(record)},"event_type":"verdict"${addresses(
      record,
    )}${ether(record)}${record.facts === null ? '' : eveFacts(record.facts)}${verdict(record)}${
      count === 1 ? '' : `,"count":${count}`
    }${tail}`;
}

function inInterface({ inInterface: name }: VerdictRecord): string {
  return name === null ? '' : `,"in_iface":${jsonText(name)}`;
}

function addresses({ source, sourcePort, destination, destinationPort, protocol }: VerdictRecord): string {
  const hasPorts = protocol === TCP || protocol === UDP;
  const from = hasPorts ? `,"src_port":${sourcePort}` : '';
  const to = hasPorts ? `,"dest_port":${destinationPort}` : '';
  return `,"src_ip":"${ipText(source)}"${from},"dest_ip":"${ipText(destination)}"${to},"proto":"${protocolName(protocol)}"`;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function ether({ sourceMac: mac }: VerdictRecord): string {
  if (mac === null) return '';
  let text = '';
  for (const byte of mac) text += text === '' ? HEX[byte] : `:${HEX[byte]}`;
  return `,"ether":{"src_mac":"${text}"}`;
}

function verdict({ action, rule, reason }: VerdictRecord): string {
  return `,"verdict":{"action":"${action}","rule":${rule === null ? 'null' : jsonText(rule)},"reason":${jsonText(reason)}}`;
}
