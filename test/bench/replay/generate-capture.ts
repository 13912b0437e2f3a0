import { closeSync, openSync, writeSync } from 'node:fs';
import { pcapOf } from '../../capture/write-pcap.ts';
import { buildPacket } from '../../packet/build-packet.ts';
import type { Exchange } from './exchange.ts';

/** Flows that go on at the same time; their packets take turns. */
const AT_A_TIME = 64;
const MS_BETWEEN_PACKETS = 0.05;
const START_MS = 1_700_000_000_000;
const BUFFER_BYTES = 4 * 1024 * 1024;
const CLIENT_START = 1_000;
const SERVER_START = 5_000;

const PCAP_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const ETHERNET_BYTES = 14;
const IP_AT = RECORD_HEADER_BYTES + ETHERNET_BYTES;
const PORTS_AT = IP_AT + 20;
const SERVER = '198.19.0.2';
const ANY_CLIENT = '198.18.0.0';
const CLIENTS_PER_ADDRESS = 50_000;
const FIRST_PORT = 10_000;

/** One packet of a connection as a record of a pcap file, but for the time, the client's address and its port. */
interface Template {
  readonly bytes: Buffer;
  readonly isFromClient: boolean;
}

/**
 * Writes a pcap file of `flows` connections that all say the same, each from a client port of its own: handshake,
 * every message with its acknowledgement, both farewells. @returns how many packets it holds.
 */
export function generateCapture(file: string, exchange: Exchange, flows: number): number {
  const templates = templatesOf(exchange);
  const fd = openSync(file, 'w');
  writeSync(fd, pcapOf([]));
  const buffer = Buffer.alloc(BUFFER_BYTES);
  let used = 0;
  let packets = 0;
  for (let first = 0; first < flows; first += AT_A_TIME) {
    const last = Math.min(first + AT_A_TIME, flows);
    for (const template of templates) {
      for (let flow = first; flow < last; flow += 1) {
        if (used + template.bytes.length > BUFFER_BYTES) {
          writeSync(fd, buffer, 0, used);
          used = 0;
        }
        put(template, flow, START_MS + packets * MS_BETWEEN_PACKETS, buffer, used);
        used += template.bytes.length;
        packets += 1;
      }
    }
  }
  writeSync(fd, buffer, 0, used);
  closeSync(fd);
  return packets;
}

function put({ bytes, isFromClient }: Template, flow: number, atMs: number, into: Buffer, at: number): void {
  into.set(bytes, at);
  into.writeUInt32LE(Math.floor(atMs / 1000), at);
  into.writeUInt32LE(Math.floor((atMs % 1000) * 1000), at + 4);
  const addressNumber = 1 + Math.floor(flow / CLIENTS_PER_ADDRESS);
  const port = FIRST_PORT + (flow % CLIENTS_PER_ADDRESS);
  into.writeUInt8(addressNumber, at + IP_AT + (isFromClient ? 15 : 19));
  into.writeUInt16BE(port, at + PORTS_AT + (isFromClient ? 0 : 2));
}

function templatesOf({ serverPort, messages }: Exchange): Template[] {
  let [clientAt, serverAt] = [CLIENT_START, SERVER_START];
  const templates: Template[] = [];
  const say = (from: 'client' | 'server', flags: string, payload: Uint8Array = new Uint8Array(0)): void => {
    const isFromClient = from === 'client';
    const packet = buildPacket({
      source: isFromClient ? ANY_CLIENT : SERVER,
      destination: isFromClient ? SERVER : ANY_CLIENT,
      sourcePort: isFromClient ? 0 : serverPort,
      destinationPort: isFromClient ? serverPort : 0,
      sequence: isFromClient ? clientAt : serverAt,
      acknowledgement: flags === 'S' ? 0 : isFromClient ? serverAt : clientAt,
      flags,
      payload,
    });
    templates.push({ bytes: record(packet), isFromClient });
    const taken = payload.length + (/[SF]/.test(flags) ? 1 : 0);
    if (isFromClient) clientAt += taken;
    else serverAt += taken;
  };
  say('client', 'S');
  say('server', 'SA');
  say('client', 'A');
  for (const { from, bytes } of messages) {
    say(from, 'PA', bytes);
    say(from === 'client' ? 'server' : 'client', 'A');
  }
  say('server', 'FA');
  say('client', 'FA');
  say('server', 'A');
  return templates;
}

function record(packet: Uint8Array): Buffer {
  const ethernet = Buffer.from([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0]);
  const frame = Buffer.concat([ethernet, packet]);
  return Buffer.from(pcapOf([{ bytes: frame }]).subarray(PCAP_HEADER_BYTES));
}
