import { qqCall } from './call/qq-call.ts';
import { wechatCall } from './call/wechat-call.ts';
import type { Dissector } from './dissector.ts';
import { dnsTcp } from './dns/tcp.ts';
import { dnsUdp } from './dns/udp.ts';
import { http } from './http/http.ts';
import { mmtls } from './mmtls/mmtls.ts';
import { mmtlsHttp } from './mmtls-http/mmtls-http.ts';
import { oicqTcp } from './oicq/tcp.ts';
import { oicqUdp } from './oicq/udp.ts';
import { qqMsf } from './qq-msf.ts';
import { quic } from './quic/quic.ts';
import { tls } from './tls/tls.ts';
import { wechatFrame } from './wechat-frame.ts';
import { wechatMedia } from './wechat-media.ts';

/** Every protocol that is recognised, the most frequent first. */
export const DISSECTORS: readonly Dissector[] = [
  tls,
  http,
  mmtls,
  mmtlsHttp,
  wechatFrame,
  wechatMedia,
  qqMsf,
  oicqTcp,
  quic,
  oicqUdp,
  dnsUdp,
  dnsTcp,
  wechatCall,
  qqCall,
];
