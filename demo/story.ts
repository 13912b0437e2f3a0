import {
  echoRequest,
  get,
  heartbeats,
  noise,
  oicq,
  post,
  qqMessages,
  type Scenario,
  ssh,
  tls,
  udpNoise,
} from '../test/gateway/rig/scenarios.ts';

const MESSAGES = '/cgi-bin/micromsg-bin';

/** What the phone does in the demo, in this order. */
export const STORY: readonly { readonly title: string; readonly scenarios: readonly Scenario[] }[] = [
  {
    title: 'The phone chats',
    scenarios: [
      post(80, 'short.weixin.qq.com', `${MESSAGES}/getprofile`, 1, 300),
      post(80, 'short.weixin.qq.com', `${MESSAGES}/uploadmsgimg`, 4, 1500),
      get(80, 'mmsns.qpic.cn', 'allow'),
      tls('wx.qq.com', 'allow'),
      heartbeats(8080),
      heartbeats(80),
      qqMessages(14000),
      oicq(),
    ],
  },
  {
    title: 'The phone does other things',
    scenarios: [
      get(80, 'www.example.org', 'drop'),
      tls('v.qq.com', 'drop'),
      tls(null, 'drop'),
      ssh(8080),
      noise(14000),
      udpNoise(9999),
      echoRequest(),
    ],
  },
];
