import type { VerdictRecord } from '../judge/verdict-record.ts';
import { TCP, UDP } from '../packet/protocol-number.ts';
import type { AsciiText } from './ascii-text.ts';
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
 * verdicts alike the line stands for; a line without it stands for one.
 */
export type EveWriter = (line: AsciiText, record: VerdictRecord, count?: number) => void;

export function eveWriter(options: EveOptions = {}): EveWriter {
  const timestamp = eveTimestamp();
  const { pcapFilename } = options;
  const tail = pcapFilename === undefined ? '}\n' : `,"pcap_filename":${jsonText(pcapFilename)}}\n`;
  return (line, record, count = 1) => {
    const { inInterface, facts, action, rule, reason } = record;
    line.ascii('{"timestamp":"').ascii(timestamp(record.atMs)).ascii('","flow_id":').decimal(record.flowId);
    if (inInterface !== null) line.ascii(',"in_iface":').json(inInterface);
    line.ascii(',"event_type":"verdict"');
    writeEnds(line, record);
    if (record.sourceMac !== null) writeMac(line, record.sourceMac);
    if (facts !== null) writeEveFacts(line, facts);
    line.ascii(',"verdict":{"action":"').ascii(action).ascii('","rule":');
    if (rule === null) line.ascii('null');
    else line.json(rule);
    line.ascii(',"reason":').json(reason).ascii('}');
    if (count !== 1) line.ascii(',"count":').decimal(count);
    line.ascii(tail);
  };
}

function writeEnds(line: AsciiText, record: VerdictRecord): void {
  const { source, sourcePort, destination, destinationPort, protocol } = record;
  const hasPorts = protocol === TCP || protocol === UDP;
  writeAddress(line.ascii(',"src_ip":"'), source);
  if (hasPorts) line.ascii('","src_port":').decimal(sourcePort).ascii(',"dest_ip":"');
  else line.ascii('","dest_ip":"');
  writeAddress(line, destination);
  if (hasPorts) line.ascii('","dest_port":').decimal(destinationPort).ascii(',"proto":"');
  else line.ascii('","proto":"');
  line.ascii(protocolName(protocol)).ascii('"');
}

function writeAddress(line: AsciiText, address: Uint8Array): void {
  if (address.length !== 4) {
    line.ascii(ipText(address));
    return;
  }
  line.decimal(address[0] ?? 0);
  for (let i = 1; i < 4; i += 1) line.ascii('.').decimal(address[i] ?? 0);
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function writeMac(line: AsciiText, mac: Uint8Array): void {
  line.ascii(',"ether":{"src_mac":"');
  for (let i = 0; i < mac.length; i += 1) {
    if (i > 0) line.ascii(':');
    line.ascii(HEX[mac[i] ?? 0] ?? '');
  }
  line.ascii('"}');
}
