import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { type Answer, decode, encode } from 'dns-packet';
import { addressOf, type Service } from '../addresses.ts';

/** Which service stands behind a name; whatever is not listed is the web. */
const BEHIND: Readonly<Record<string, Service>> = {
  'long.weixin.qq.com': 'wechat',
  'msfwifi.3g.qq.com': 'qq',
};

export function serviceBehind(name: string): Service {
  return BEHIND[name.toLowerCase()] ?? 'web';
}

/** Answers every A and AAAA question. */
export async function serveDns(address: string, port: number): Promise<void> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  socket.on('message', (bytes, from) => {
    const query = decode(bytes);
    const answers = (query.questions ?? []).flatMap(({ name, type }): Answer[] => {
      const service = serviceBehind(name);
      if (type === 'A') return [{ name, type, ttl: 60, data: addressOf(service, 'IPv4') }];
      return type === 'AAAA' ? [{ name, type, ttl: 60, data: addressOf(service, 'IPv6') }] : [];
    });
    const { id, questions } = query;
    socket.send(
      encode({ type: 'response', id: id ?? 0, questions: questions ?? [], answers }),
      from.port,
      from.address,
    );
  });
  socket.bind(port, address);
  await once(socket, 'listening');
}
