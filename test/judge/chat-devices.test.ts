import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChatDevices, ChatService } from '../../src/judge/chat-devices.ts';
import { GatewayModel } from './gateway-model.ts';
import { request } from './messages.ts';

const HOUR_MS = 60 * 60_000;

it('remembers each device by service, for an hour', () => {
  const address = fc.uint8Array({ minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(fc.uniqueArray(address, { minLength: 2, maxLength: 200, selector: String }), ([other, ...seen]) => {
      const devices = new ChatDevices(ChatDevices.memory());
      for (const one of seen) devices.saw(one, one.length, ChatService.qq, 1_000);
      for (const one of seen) {
        expect(devices.isLive(one, one.length, ChatService.qq, 1_000 + HOUR_MS - 1)).toBe(true);
        expect(devices.isLive(one, one.length, ChatService.qq, 1_000 + HOUR_MS)).toBe(false);
        expect(devices.isLive(one, one.length, ChatService.wechat, 1_001)).toBe(false);
      }
      expect(devices.isLive(other!, other!.length, ChatService.qq, 1_001)).toBe(false);
    }),
    { numRuns: 50 },
  );
});

it('is shared through its memory', () => {
  const memory = ChatDevices.memory();
  new ChatDevices(memory).saw(Uint8Array.of(10, 0, 0, 2, 99), 4, ChatService.wechat, 5);
  expect(new ChatDevices(memory).isLive(Uint8Array.of(10, 0, 0, 2, 77), 4, ChatService.wechat, 6)).toBe(true);
});

describe('a call', () => {
  const sound = Uint8Array.of(0xa1, 0x08, ...new Array<number>(90).fill(7));
  const call = (model: GatewayModel) => {
    const flow = model.flow({ protocol: 17, serverPort: 16_285 });
    return [0, 1, 2].map(() => flow.up(0, sound));
  };

  it('of a device that chats passes', () => {
    const model = new GatewayModel();
    const chat = model.flow({ serverPort: 80 }).handshake();
    const hello = request('short.weixin.qq.com');
    chat.up(0, hello);
    chat.down(0, 'HTTP/1.1 200 OK\r\n\r\n', hello.length);
    expect(call(model)).toEqual(['passed', 'passed', 'passed']);
  });

  it('of a device that does not chat is denied, whatever it has looked up', () => {
    const model = new GatewayModel();
    expect(call(model).at(-1)).toBe('dropped');
    expect(model.lastVerdict).toBe('drop call-without-chat');
  });
});
