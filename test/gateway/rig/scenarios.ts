import { randomBytes } from 'node:crypto';
import { addressOf, type Family, type Service } from './addresses.ts';
import type { Rig } from './rig.ts';
import { frame, HEADER_BYTES, HEARTBEAT, HEARTBEAT_ANSWER } from './servers/frames.ts';
import { mmtlsClientHello, mmtlsRecord } from './servers/mmtls.ts';
import { msfAnswer, msfMessage, oicqPacket } from './servers/qq.ts';
import { curl, ping, type WebRequest } from './traffic.ts';

/** Something a phone does, as the documents on the chat services describe it, and whether it should work. */
export interface Scenario {
  readonly name: string;
  readonly expected: 'allow' | 'drop';
  readonly service: Service;
  /** 0 where the protocol has no ports. */
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'ICMP';
  run(rig: Rig, family: Family): Promise<Outcome>;
}

export interface Outcome {
  /** The phone got the answer it wanted. */
  readonly worked: boolean;
  /** The phone's ports, one a connection; 0 where there was none. */
  readonly localPorts: readonly number[];
}

export const CHAT: readonly Scenario[] = [
  ...[80, 8080].map((port) => post(port, 'short.weixin.qq.com', '/cgi-bin/micromsg-bin/getprofile', 1, 300)),
  ...[80, 8080].flatMap((port) => ['mmsns.qpic.cn', 'mmbiz.qpic.cn'].map((host) => get(port, host, 'allow'))),
  post(80, 'short.weixin.qq.com', '/cgi-bin/micromsg-bin/uploadmsgimg', 4, 1500),
  ...['wx.qq.com', 'weixin.qq.com', 'res.wx.qq.com'].map((host) => tls(host, 'allow')),
  ...[8080, 80, 14000].map((port) => heartbeats(port)),
  ...[8080, 80, 443, 14000].map((port) => qqMessages(port)),
  oicq(),
  mmtlsInHttp(),
  ...[80, 443, 8080].map((port) => mmtls(port)),
];

export const NOT_CHAT: readonly Scenario[] = [
  ...[80, 8080].map((port) => get(port, 'www.example.org', 'drop')),
  get(80, 'short.weixin.qq.com.example.org', 'drop'),
  get(80, null, 'drop'),
  ...['v.qq.com', 'www.example.org', 'wx.qq.com.example.org', null].map((host) => tls(host, 'drop')),
  ...[8080, 22, 443].map((port) => ssh(port)),
  ...[80, 443, 8080, 14000, 9999].map((port) => noise(port)),
  ...[443, 8000, 9999].map((port) => udpNoise(port)),
  echoRequest(),
];

function web(name: string, expected: 'allow' | 'drop', request: Omit<WebRequest, 'address'>, times = 1): Scenario {
  return {
    name,
    expected,
    service: 'web',
    port: request.port,
    protocol: 'TCP',
    run: async (rig, family) => {
      const asking = { ...request, address: addressOf('web', family), timeoutMs: expected === 'allow' ? 5000 : 1000 };
      const answers = await Promise.all(Array.from({ length: times }, () => curl(rig, asking)));
      return {
        worked: answers.every(({ exit }) => exit === 0),
        localPorts: answers.map(({ localPort }) => localPort),
      };
    },
  };
}

export function get(port: number, host: string | null, expected: 'allow' | 'drop'): Scenario {
  return web(`a page from ${host ?? 'a bare address'} over HTTP, port ${port}`, expected, {
    host,
    port,
    path: '/a/b?c',
  });
}

export function tls(host: string | null, expected: 'allow' | 'drop'): Scenario {
  const name = host === null ? 'TLS without a server name' : `a page from ${host} over TLS`;
  return web(name, expected, { host, port: 443, tls: true });
}

export function post(port: number, host: string, path: string, times: number, bytes: number): Scenario {
  const many = times === 1 ? 'a POST' : `${times} POSTs at once, ${bytes} bytes each,`;
  const extra = ['-A', 'MicroMessenger Client', '-H', 'Content-Type: application/octet-stream'];
  return web(`${many} to ${host}, port ${port}`, 'allow', { host, port, path, body: randomBytes(bytes), extra }, times);
}

/** A TCP conversation that works when each message gets exactly the answer it should. */
function conversation(
  service: Service,
  port: number,
  expected: 'allow' | 'drop',
  name: string,
  messages: readonly {
    readonly send: Uint8Array;
    readonly answers: (bytes: Uint8Array) => boolean;
    readonly answerBytes: number;
  }[],
): Scenario {
  return {
    name,
    expected,
    service,
    port,
    protocol: 'TCP',
    run: async (rig, family) => {
      const connection = await rig.phone.connect(addressOf(service, family), port);
      if (connection.error !== null) return { worked: false, localPorts: [0] };
      let worked = true;
      for (const { send, answers, answerBytes } of messages) {
        if (send.length > 0) await connection.write(send);
        const { bytes } = await connection.read(answerBytes, expected === 'allow' ? 3000 : 700);
        worked = worked && answers(bytes);
        if (!worked) break;
      }
      await connection.close();
      return { worked, localPorts: [connection.localPort] };
    },
  };
}

export function heartbeats(port: number): Scenario {
  const beats = [15, 16, 17].map((sequence) => {
    const answer = frame(HEARTBEAT_ANSWER, sequence);
    return { send: frame(HEARTBEAT, sequence), answers: is(answer), answerBytes: HEADER_BYTES };
  });
  const body = randomBytes(186);
  const text = {
    send: frame(237, 18, body),
    answers: is(frame(237, 18, body)),
    answerBytes: HEADER_BYTES + body.length,
  };
  return conversation('wechat', port, 'allow', `WeChat's long connection with heartbeats, port ${port}`, [
    ...beats,
    text,
  ]);
}

export function qqMessages(port: number): Scenario {
  const messages = [16, 64, 400].map((bytes, index) => {
    const content = randomBytes(bytes);
    const answer = msfAnswer(content);
    return { send: msfMessage(index + 1, content), answers: is(answer), answerBytes: answer.length };
  });
  return conversation('qq', port, 'allow', `QQ's long connection, port ${port}`, messages);
}

function mmtls(port: number): Scenario {
  const hello = mmtlsClientHello(Math.floor(Date.now() / 1000));
  const begins = (bytes: Uint8Array): boolean => Buffer.from(bytes).subarray(0, 3).equals(Buffer.from('16f104', 'hex'));
  const continues = (bytes: Uint8Array): boolean =>
    Buffer.from(bytes).subarray(0, 3).equals(Buffer.from('17f104', 'hex'));
  return conversation('mmtls', port, 'allow', `WeChat's own encryption, port ${port}`, [
    { send: hello, answers: begins, answerBytes: 211 },
    { send: mmtlsRecord(0x17, randomBytes(300)), answers: continues, answerBytes: 305 },
  ]);
}

function mmtlsInHttp(): Scenario {
  const extra = ['-A', 'MicroMessenger Client', '-H', 'Content-Type: application/octet-stream', '-H', 'Upgrade: mmtls'];
  const body = mmtlsClientHello(Math.floor(Date.now() / 1000));
  const request = { host: 'szshort.weixin.qq.com', port: 80, path: '/mmtls/0a1b2c3d', body, extra };
  return web("WeChat's own encryption inside HTTP", 'allow', request);
}

export function ssh(port: number): Scenario {
  const greets = (bytes: Uint8Array): boolean => bytes.length > 0;
  const hello = { send: Buffer.from('SSH-2.0-phone\r\n'), answers: greets, answerBytes: 1 };
  return conversation('ssh', port, 'drop', `SSH, port ${port}`, [hello]);
}

export function noise(port: number): Scenario {
  const bytes = Buffer.concat([Buffer.from([0xc7]), randomBytes(63)]);
  const name = `noise over TCP, port ${port}`;
  return conversation('echo', port, 'drop', name, [{ send: bytes, answers: is(bytes), answerBytes: 64 }]);
}

export function oicq(): Scenario {
  const packets = [1, 2, 3, 4, 5, 6].map((sequence) => oicqPacket(2, sequence, 10001, randomBytes(60)));
  return datagrams('qq', 8000, 'allow', 'QQ messages over UDP', packets);
}

export function udpNoise(port: number): Scenario {
  const bytes = Buffer.concat([Buffer.from([0x17]), randomBytes(63)]);
  return datagrams('echo', port, 'drop', `noise over UDP, port ${port}`, [bytes]);
}

/** Datagrams from one socket, each of which should come back before the next is sent. */
function datagrams(
  service: Service,
  port: number,
  expected: 'allow' | 'drop',
  name: string,
  sent: readonly Uint8Array[],
): Scenario {
  return {
    name,
    expected,
    service,
    port,
    protocol: 'UDP',
    run: async (rig, family) => {
      const socket = rig.phone.udpSocket();
      let worked = true;
      let localPort = 0;
      for (const bytes of sent) {
        const answer = await socket.send(addressOf(service, family), port, bytes, expected === 'allow' ? 3000 : 700);
        worked = worked && is(bytes)(answer.bytes);
        localPort = answer.localPort;
        if (!worked) break;
      }
      await socket.close();
      return { worked, localPorts: [localPort] };
    },
  };
}

export function echoRequest(): Scenario {
  return {
    name: 'ping',
    expected: 'drop',
    service: 'web',
    port: 0,
    protocol: 'ICMP',
    run: async (rig, family) => ({ worked: await ping(rig, addressOf('web', family)), localPorts: [0] }),
  };
}

function is(expected: Uint8Array): (bytes: Uint8Array) => boolean {
  return (bytes) => Buffer.from(expected).equals(bytes);
}
