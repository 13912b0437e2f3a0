import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { newIpLocation } from '../../src/capture/ip-location.ts';
import { locateIp } from '../../src/capture/link-layer.ts';
import { type LiveCapture, LiveCaptureError, openLive } from '../../src/capture/live.ts';

const reason = whyNoCapture();
let capture: LiveCapture | null = null;
afterEach(() => capture?.close());

function whyNoCapture(): string | null {
  try {
    openLive('lo', '', () => {}).close();
    return null;
  } catch (error) {
    return error instanceof LiveCaptureError ? error.message : 'it broke';
  }
}

describe('a live capture', () => {
  test('sees the packets the filter asks for, and no more once it is closed', async (context) => {
    context.skip(reason !== null && reason !== 'it broke', reason ?? '');
    const receiver = createSocket('udp4').bind(0, '127.0.0.1');
    await once(receiver, 'listening');
    const sender = createSocket('udp4');
    try {
      const { port } = receiver.address();
      const payloads: string[] = [];
      const location = newIpLocation();
      const startMs = Date.now();
      capture = openLive('lo', `udp dst port ${port}`, (frame) => {
        expect(locateIp(frame, location)).toBe(true);
        expect(Math.abs(frame.atMs - startMs)).toBeLessThan(60_000);
        payloads.push(Buffer.from(frame.bytes.subarray(location.start + 28, frame.end)).toString());
      });
      sender.send('one', port, '127.0.0.1');
      sender.send('two', port, '127.0.0.1');
      await vi.waitFor(() => expect(payloads).toEqual(['one', 'two']), 5000);
      expect(capture.stats().kernelDrops).toBe(0);
      capture.close();
      capture.close();
      sender.send('three', port, '127.0.0.1');
      await once(receiver, 'message');
      expect(payloads).toHaveLength(2);
      expect(capture.stats().received).toBeGreaterThanOrEqual(2);
    } finally {
      receiver.close();
      sender.close();
    }
  });

  test('says which interface there is not', (context) => {
    context.skip(reason !== null && reason !== 'it broke', reason ?? '');
    expect(() => openLive('nowhere0', '', () => {})).toThrow(/there is no interface nowhere0; ip -brief link/);
  });

  test('says what is wrong with a filter', (context) => {
    context.skip(reason !== null && reason !== 'it broke', reason ?? '');
    expect(() => openLive('lo', 'port banana', () => {})).toThrow(
      /cannot capture on lo with the filter "port banana": /,
    );
  });
});
