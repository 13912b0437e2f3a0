import { addressOf, FAMILIES } from '../addresses.ts';
import { makeCertificate } from './certificate.ts';
import { serveDns } from './dns.ts';
import { serveEcho, serveUdpEcho } from './echo.ts';
import { serveWechatFrames } from './frames.ts';
import { serveHttp, serveHttps } from './http.ts';
import { serveMmtls } from './mmtls.ts';
import { serveOicq, serveQq } from './qq.ts';
import { serveBanner } from './ssh.ts';

/** Every port a chat service is known to use, and one that belongs to nobody. */
const CHAT_PORTS = [80, 443, 8080, 14000];
const FOREIGN_PORT = 9999;

/** Starts every service of the rig on its own address, in both families. */
export async function startServers(folder: string): Promise<void> {
  const certificate = makeCertificate(folder);
  const starting: Promise<void>[] = [];
  for (const family of FAMILIES) {
    const at = (service: Parameters<typeof addressOf>[0]): string => addressOf(service, family);
    for (const port of [80, 8080, FOREIGN_PORT]) starting.push(serveHttp(at('web'), port));
    for (const port of [443, 8443]) starting.push(serveHttps(at('web'), port, certificate));
    for (const port of CHAT_PORTS) {
      starting.push(serveWechatFrames(at('wechat'), port));
      starting.push(serveQq(at('qq'), port));
      starting.push(serveMmtls(at('mmtls'), port));
      starting.push(serveEcho(at('echo'), port));
    }
    for (const port of [22, 443, 8080]) starting.push(serveBanner(at('ssh'), port));
    for (const port of [443, 8000, FOREIGN_PORT]) starting.push(serveUdpEcho(at('echo'), port));
    starting.push(serveEcho(at('echo'), FOREIGN_PORT));
    starting.push(serveOicq(at('qq'), 8000));
    starting.push(serveDns(at('dns'), 53));
  }
  await Promise.all(starting);
}
