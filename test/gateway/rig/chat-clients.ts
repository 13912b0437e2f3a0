import { randomBytes } from 'node:crypto';
import { type Answer, decode, encode } from 'dns-packet';
import { addressOf, type Family, type Service } from './addresses.ts';
import type { Rig } from './rig.ts';
import { frame, HEARTBEAT, HEARTBEAT_ANSWER } from './servers/frames.ts';
import { msfAnswer, msfMessage } from './servers/qq.ts';
import { curl } from './traffic.ts';

const LOOKUP_MS = 250;
const CONNECT_MS = 250;
const ANSWER_MS = 2000;

/** How a client got through. */
export interface Way {
  readonly port: number;
}

/** The address a name stands for; where no name server answers, the one the client was built with. */
export async function lookUp(rig: Rig, name: string, service: Service, family: Family): Promise<string> {
  const type = family === 'IPv4' ? 'A' : 'AAAA';
  const query = encode({ type: 'query', id: 77, questions: [{ type, name }] });
  const { bytes } = await rig.phone.datagram(addressOf('dns', family), 53, query, LOOKUP_MS);
  const found = bytes.length === 0 ? [] : (decode(Buffer.from(bytes)).answers ?? []).flatMap(addressIn);
  return found[0] ?? addressOf(service, family);
}

function addressIn(answer: Answer): string[] {
  return answer.type === 'A' || answer.type === 'AAAA' ? [answer.data] : [];
}

/** WeChat: its long connection on 8080, else short requests on 80. */
export async function wechatClient(rig: Rig, family: Family): Promise<Way | null> {
  const long = await lookUp(rig, 'long.weixin.qq.com', 'wechat', family);
  if (await answers(rig, long, 8080, frame(HEARTBEAT, 1), frame(HEARTBEAT_ANSWER, 1))) return { port: 8080 };
  const address = await lookUp(rig, 'short.weixin.qq.com', 'web', family);
  const path = '/cgi-bin/micromsg-bin/getprofile';
  const extra = ['--connect-timeout', String(CONNECT_MS / 1000)];
  const request = { host: 'short.weixin.qq.com', address, port: 80, path, body: randomBytes(200), extra };
  const { exit } = await curl(rig, { ...request, timeoutMs: ANSWER_MS });
  return exit === 0 ? { port: 80 } : null;
}

/** QQ: its long connection on 8080, then 80, and 14000 only when both fail. */
export async function qqClient(rig: Rig, family: Family): Promise<Way | null> {
  const address = await lookUp(rig, 'msfwifi.3g.qq.com', 'qq', family);
  const content = randomBytes(64);
  for (const port of [8080, 80, 14000]) {
    if (await answers(rig, address, port, msfMessage(1, content), msfAnswer(content))) return { port };
  }
  return null;
}

async function answers(rig: Rig, address: string, port: number, send: Buffer, expected: Buffer): Promise<boolean> {
  const connection = await rig.phone.connect(address, port, CONNECT_MS);
  if (connection.error !== null) return false;
  const { bytes } = await connection.exchange(send, expected.length, ANSWER_MS);
  await connection.close();
  return expected.equals(bytes);
}
