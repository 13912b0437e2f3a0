import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serverHello } from '../judge/messages.ts';
import { addressOf, FAMILIES, type Family, type Service } from './rig/addresses.ts';
import type { Report } from './rig/agent-protocol.ts';
import { Chatgate, configure } from './rig/chatgate.ts';
import type { CraftedStep } from './rig/craft/crafted-connection.ts';
import { ACK, FIN, RST } from './rig/craft/segment.ts';
import { describeWith, gatewayMissing } from './rig/gateway-rig.ts';
import { clientHello } from './rig/hello.ts';
import { makeRig, type Rig } from './rig/rig.ts';
import { frame, HEARTBEAT, HEARTBEAT_ANSWER } from './rig/servers/frames.ts';

const BEAT = frame(HEARTBEAT, 1);
const ALLOWED = request('short.weixin.qq.com');
const FORBIDDEN = request('www.example.org');
/** As long as a heartbeat, so that it can stand in its place. */
const SMUGGLED = Buffer.from('SMUGGLED-PAYLOAD');
/** Passes the gateway and dies at the provider. */
const DIES = 2;

function request(host: string): Buffer {
  return Buffer.from(`POST /cgi-bin/a HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n\r\n`);
}

function segment(
  offset: number,
  bytes: Uint8Array,
  how: Partial<Extract<CraftedStep, { kind: 'segment' }>> = {},
): CraftedStep {
  return { kind: 'segment', offset, bytes, ...how };
}

/** One segment a byte, in the given order. */
function byteByByte(bytes: Uint8Array, order: (at: number) => number = (at) => at): CraftedStep[] {
  return Array.from(bytes, (_, index) => segment(order(index), bytes.subarray(order(index), order(index) + 1)));
}

describeWith(gatewayMissing, 'segments written by hand', () => {
  let rig: Rig;
  let daemon: Chatgate;
  let sourcePort = 40_000;
  beforeAll(async () => {
    rig = await makeRig();
    daemon = await Chatgate.start(rig, configure(rig));
  });
  afterAll(async () => {
    await daemon.stop();
    rig.remove();
  });

  function send(
    service: Service,
    port: number,
    family: Family,
    steps: readonly CraftedStep[],
    atLeast: number,
    timeoutMs: number,
  ): Promise<Report> {
    sourcePort += 1;
    const all: CraftedStep[] = [{ kind: 'handshake' }, ...steps, { kind: 'read', atLeast, timeoutMs }];
    return rig.phone.craft({ address: addressOf(service, family), port, sourcePort, steps: all });
  }

  describe.each(FAMILIES)('over %s', (family) => {
    const beats: [string, CraftedStep[]][] = [
      ['whole', [segment(0, BEAT)]],
      ['byte by byte', byteByByte(BEAT)],
      ['byte by byte, backwards', byteByByte(BEAT, (at) => BEAT.length - 1 - at)],
      ['in halves, the second first', [segment(8, BEAT.subarray(8)), segment(0, BEAT.subarray(0, 8))]],
      ['twice', [segment(0, BEAT), segment(0, BEAT)]],
      ['with parts that overlap and agree', [segment(4, BEAT.subarray(4)), segment(0, BEAT.subarray(0, 12))]],
    ];
    test.concurrent.each(beats)('a heartbeat sent %s is answered', async (_, steps) => {
      const answer = await send('wechat', 8080, family, steps, 16, 3000);
      expect(Buffer.from(answer.bytes).toString('hex')).toBe(frame(HEARTBEAT_ANSWER, 1).toString('hex'));
    });

    test.concurrent.each([1, 20, 33, 40, 50, ALLOWED.length - 1])(
      'a request cut at byte %i is answered, in either order',
      async (cut) => {
        const parts = [segment(0, ALLOWED.subarray(0, cut)), segment(cut, ALLOWED.subarray(cut))];
        for (const steps of [parts, parts.toReversed()]) {
          const answer = await send('web', 80, family, steps, 1, 3000);
          expect(Buffer.from(answer.bytes).toString()).toContain('HTTP/1.1 200 OK');
        }
      },
    );

    test.concurrent.each([1, 20, 33, 40, 50, FORBIDDEN.length - 1])(
      'a forbidden request cut at byte %i is not, in either order',
      async (cut) => {
        const parts = [segment(0, FORBIDDEN.subarray(0, cut)), segment(cut, FORBIDDEN.subarray(cut))];
        for (const steps of [parts, parts.toReversed()]) {
          const answer = await send('web', 80, family, steps, 1, 500);
          expect(Buffer.from(answer.bytes).toString()).toBe('');
        }
      },
    );

    test.concurrent.each([
      ['wx.qq.com', true],
      ['www.example.org', false],
    ])('a ClientHello for %s in pieces is answered: %s', async (name, answered) => {
      const hello = await clientHello(name);
      const pieces = [0, 3, 9, 60, 130].map((from, index, cuts) =>
        segment(from, hello.subarray(from, cuts[index + 1])),
      );
      const answer = await send('web', 443, family, pieces.toReversed(), 1, answered ? 3000 : 500);
      expect(answer.bytes.length > 0).toBe(answered);
    });

    // The server is an echo: whatever reaches it comes back.
    const smuggling: [string, CraftedStep[]][] = [
      ['under a heartbeat that dies on its way', [segment(0, BEAT, { ttl: DIES }), segment(0, SMUGGLED)]],
      ['under a heartbeat with a bad checksum', [segment(0, BEAT, { badChecksum: true }), segment(0, SMUGGLED)]],
      ['under a heartbeat outside the window', [segment(0, BEAT, { outOfWindow: 0x40000000 }), segment(0, SMUGGLED)]],
      [
        'behind half a heartbeat that dies',
        [segment(0, BEAT.subarray(0, 8), { ttl: DIES }), segment(8, SMUGGLED), segment(0, SMUGGLED.subarray(0, 8))],
      ],
      ['over bytes already sent', [segment(8, SMUGGLED.subarray(0, 8)), segment(0, BEAT)]],
      [
        'after a reset that dies on its way',
        [segment(0, Buffer.alloc(0), { flags: RST, ttl: DIES }), segment(0, SMUGGLED)],
      ],
      [
        'after an end that dies on its way',
        [segment(0, Buffer.alloc(0), { flags: FIN | ACK, ttl: DIES }), segment(0, SMUGGLED)],
      ],
      ['on a segment that ends the connection', [segment(0, SMUGGLED, { flags: FIN | ACK })]],
      ['on a reset', [segment(0, SMUGGLED, { flags: RST | ACK })]],
      ['byte by byte', byteByByte(SMUGGLED)],
    ];
    test.concurrent.each(smuggling)('nothing is smuggled %s', async (_, steps) => {
      const answer = await send('echo', 8080, family, steps, 64, 500);
      expect(Buffer.from(answer.bytes).toString('latin1')).not.toMatch(/SMUG|GLED|PAY|LOAD/);
    });

    test.concurrent.each([
      ['a heartbeat', 'echo', 8080, async () => BEAT, async () => SMUGGLED, frame(HEARTBEAT_ANSWER, 1)],
      ['a ClientHello', 'web', 443, () => clientHello('wx.qq.com'), () => clientHello('xx.qq.com'), serverHello()],
    ] as const)(
      'nothing is smuggled under %s that dies on its way and that the phone answers itself',
      async (_, service, port, innocent, smuggled, answer) => {
        const first = await innocent();
        const steps: CraftedStep[] = [
          segment(0, first, { ttl: DIES }),
          { kind: 'forged-answer', bytes: answer, acknowledged: first.length },
          { kind: 'read', atLeast: answer.length, timeoutMs: 200 },
          segment(0, await smuggled()),
        ];
        const heard = await send(service, port, family, steps, answer.length + 1, 500);
        expect(Buffer.from(heard.bytes).toString('latin1')).toBe('');
      },
    );

    test.concurrent('nothing is smuggled on the SYN', async () => {
      sourcePort += 1;
      const answer = await rig.phone.craft({
        address: addressOf('echo', family),
        port: 8080,
        sourcePort,
        steps: [
          { kind: 'handshake', data: SMUGGLED },
          segment(0, SMUGGLED),
          { kind: 'read', atLeast: 16, timeoutMs: 500 },
        ],
      });
      expect(Buffer.from(answer.bytes).toString('latin1')).toBe('');
    });

    test.concurrent('a second request to another host on the same connection is not answered', async () => {
      const connection = await rig.phone.mustConnect(addressOf('web', family), 80);
      const first = await connection.exchange(ALLOWED, 1, 3000);
      expect(Buffer.from(first.bytes).toString()).toContain('POST short.weixin.qq.com/');
      const again = await connection.exchange(ALLOWED, 1, 3000);
      expect(Buffer.from(again.bytes).toString()).toContain('POST short.weixin.qq.com/');
      const second = await connection.exchange(FORBIDDEN, 1, 500);
      expect(Buffer.from(second.bytes).toString()).toBe('');
      await connection.close();
    });

    test.concurrent('a second request in the same segment is not answered', async () => {
      const connection = await rig.phone.mustConnect(addressOf('web', family), 80);
      const answer = await connection.exchange(Buffer.concat([ALLOWED, FORBIDDEN]), 4096, 500);
      expect(Buffer.from(answer.bytes).toString()).not.toContain('example.org');
      await connection.close();
    });
  });
});

describeWith(gatewayMissing, 'where servers are behind a guarded interface too', () => {
  let rig: Rig;
  let daemon: Chatgate;
  beforeAll(async () => {
    rig = await makeRig();
    daemon = await Chatgate.start(rig, configure(rig, { furtherLan: ['eth0'] }));
  });
  afterAll(async () => {
    await daemon.stop();
    rig.remove();
  });

  test.each(FAMILIES)('their answers are taken over %s, and those a phone makes up are not', async (family) => {
    const beats = await rig.phone.mustConnect(addressOf('wechat', family), 8080);
    const answer = await beats.exchange(BEAT, 16, 3000);
    expect(Buffer.from(answer.bytes).toString('hex')).toBe(frame(HEARTBEAT_ANSWER, 1).toString('hex'));
    await beats.close();
    const heard = await rig.phone.craft({
      address: addressOf('echo', family),
      port: 8080,
      sourcePort: 40_500,
      steps: [
        { kind: 'handshake' },
        segment(0, BEAT, { ttl: DIES }),
        { kind: 'forged-answer', bytes: frame(HEARTBEAT_ANSWER, 1), acknowledged: BEAT.length },
        { kind: 'read', atLeast: 16, timeoutMs: 200 },
        segment(0, SMUGGLED),
        { kind: 'read', atLeast: 17, timeoutMs: 500 },
      ],
    });
    expect(Buffer.from(heard.bytes).toString('latin1')).toBe('');
  });
});
