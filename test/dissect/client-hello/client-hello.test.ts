import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readClientHello } from '../../../src/dissect/client-hello/client-hello.ts';
import { Cursor } from '../../../src/dissect/cursor.ts';
import { ascii } from '../hex.ts';
import { extension, helloBody, number, QUIC_PARAMETERS, serverName, vector } from './encode-client-hello.ts';

const longestName = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`;

/** A `server_name` extension with one entry of the given bytes. */
function rawName(bytes: Uint8Array | readonly number[], type = 0): number[] {
  return extension(0, vector(2, [type, ...vector(2, bytes)]));
}

describe('a ClientHello that keeps the rules', () => {
  const plain = { kind: 'hello', serverName: 'example.com', ech: false, earlyData: false, quicParameters: false };
  it.each([
    ['names its server', {}, {}],
    ['in upper case is read in lower case', { extensions: [serverName('WX.qq.Com')] }, { serverName: 'wx.qq.com' }],
    [
      'may name a host with an underscore',
      { extensions: [serverName('_a-b.c_d.net')] },
      { serverName: '_a-b.c_d.net' },
    ],
    ['may name a single label', { extensions: [serverName('router')] }, { serverName: 'router' }],
    ['may have the longest name there is', { extensions: [serverName(longestName)] }, { serverName: longestName }],
    ['may name a host of digits and letters', { extensions: [serverName('1.2.3.4a')] }, { serverName: '1.2.3.4a' }],
    ['may carry no name', { extensions: [extension(43, [2, 3, 4])] }, { serverName: null }],
    ['may have no extension', { extensions: [] }, { serverName: null }],
    ['may lack even the length of extensions', { extensions: null }, { serverName: null }],
    ['may be of TLS 1.0', { version: 0x0301 }, {}],
    ['may carry 32 bytes of session id', { sessionId: Array(32).fill(7) }, {}],
    ['may offer compression besides none', { compression: [1, 0] }, {}],
    [
      'may have GREASE anywhere',
      {
        cipherSuites: [0xfa, 0xfa],
        extensions: [extension(0xfafa), serverName('example.com'), extension(0x1a1a, [0])],
      },
      {},
    ],
    ['shows its ECH', { extensions: [serverName('example.com'), extension(0xfe0d, [0, 0])] }, { ech: true }],
    ['shows its encrypted server name', { extensions: [extension(0xffce, [0])] }, { serverName: null, ech: true }],
    [
      'shows that early data may follow',
      { extensions: [serverName('example.com'), extension(42)] },
      { earlyData: true },
    ],
    ['shows QUIC', { extensions: [serverName('example.com'), QUIC_PARAMETERS] }, { quicParameters: true }],
  ])('%s', (_, fields, expected) => {
    expect(readClientHello(new Cursor(helloBody(fields)))).toEqual({ ...plain, ...expected });
  });
});

describe('a ClientHello that breaks the rules is refused', () => {
  it.each([
    ['SSL 3', { version: 0x0300 }, 'client-hello-version'],
    ['TLS 1.3 as the legacy version', { version: 0x0304 }, 'client-hello-version'],
    ['33 bytes of session id', { sessionId: Array(33).fill(7) }, 'client-hello-session-id'],
    ['no cipher suite', { cipherSuites: [] }, 'client-hello-cipher-suites'],
    ['half a cipher suite', { cipherSuites: [0x13, 1, 0x13] }, 'client-hello-cipher-suites'],
    ['no compression method', { compression: [] }, 'client-hello-compression'],
    ['only real compression methods', { compression: [1] }, 'client-hello-compression'],
    [
      'an extension twice',
      { extensions: [extension(43), serverName('example.com'), extension(43)] },
      'client-hello-extension-repeated',
    ],
    [
      'two server names',
      { extensions: [serverName('example.com'), serverName('example.com')] },
      'client-hello-extension-repeated',
    ],
    [
      'more extensions than any client has',
      { extensions: Array.from({ length: 129 }, (_, i) => extension(1_000 + i)) },
      'client-hello-too-many-extensions',
    ],
    ['an extension longer than the list', { extensions: [[0, 43, 0, 3, 1, 2]] }, 'client-hello-extension-length'],
    ['half an extension', { extensions: [[0, 43, 0]] }, 'client-hello-extension-length'],
    ['two names in one list', { extensions: [serverName('a.net', 'b.net')] }, 'client-hello-name-repeated'],
    ['an empty name list', { extensions: [serverName()] }, 'client-hello-name-malformed'],
    ['an empty server_name', { extensions: [extension(0)] }, 'client-hello-name-malformed'],
    [
      'a list length short of its extension',
      { extensions: [extension(0, [...number(2, 8), 0, ...vector(2, ascii('a.net')), 0])] },
      'client-hello-name-malformed',
    ],
    [
      'a list length beyond its extension',
      { extensions: [extension(0, [...number(2, 9), 0, ...vector(2, ascii('a.net'))])] },
      'client-hello-name-malformed',
    ],
    [
      'a name longer than its list',
      { extensions: [extension(0, [...number(2, 8), 0, ...number(2, 6), ...ascii('a.net')])] },
      'client-hello-name-malformed',
    ],
    ['another name type', { extensions: [rawName(ascii('a.net'), 1)] }, 'client-hello-name-type'],
    ['an empty name', { extensions: [serverName('')] }, 'client-hello-name-length'],
    ['a name no DNS can hold', { extensions: [serverName(`${longestName}d`)] }, 'client-hello-name-length'],
    ['a label no DNS can hold', { extensions: [serverName(`${'a'.repeat(64)}.net`)] }, 'client-hello-name-not-a-host'],
    ['a trailing dot', { extensions: [serverName('a.net.')] }, 'client-hello-name-not-a-host'],
    ['a leading dot', { extensions: [serverName('.a.net')] }, 'client-hello-name-not-a-host'],
    ['an empty label', { extensions: [serverName('a..net')] }, 'client-hello-name-not-a-host'],
    ['a NUL', { extensions: [serverName('a.net\0.b.net')] }, 'client-hello-name-not-a-host'],
    ['a line break', { extensions: [serverName('a.net\n')] }, 'client-hello-name-not-a-host'],
    ['a port', { extensions: [serverName('a.net:443')] }, 'client-hello-name-not-a-host'],
    ['a byte beyond ASCII', { extensions: [rawName([0x61, 0xe4, 0x2e, 0x62])] }, 'client-hello-name-not-a-host'],
    ['an IPv6 address', { extensions: [serverName('2001:db8::1')] }, 'client-hello-name-not-a-host'],
    ['an IPv4 address', { extensions: [serverName('192.0.2.1')] }, 'client-hello-name-is-address'],
    ['an IPv4 address as one number', { extensions: [serverName('3221225985')] }, 'client-hello-name-is-address'],
    ['an IPv4 address in hex', { extensions: [serverName('192.0.2.0x1')] }, 'client-hello-name-is-address'],
  ])('%s', (_, fields, code) => {
    expect(readClientHello(new Cursor(helloBody(fields)))).toEqual({ kind: 'never', code });
  });

  it('at whatever byte it is cut short, and with a byte more', () => {
    const whole = helloBody();
    const withoutExtensions = helloBody({ extensions: null }).length;
    for (let length = 0; length < whole.length; length++) {
      expect(readClientHello(new Cursor(whole.subarray(0, length))).kind).toBe(
        length === withoutExtensions ? 'hello' : 'never',
      );
    }
    expect(readClientHello(new Cursor(Uint8Array.from([...whole, 0])))).toEqual({
      kind: 'never',
      code: 'client-hello-extensions-length',
    });
  });

  it('never throws, whatever byte of a good one is changed', () => {
    const good = helloBody({ extensions: [serverName('example.com'), extension(43, [2, 3, 4]), QUIC_PARAMETERS] });
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        const kind = readClientHello(new Cursor(good.with(at, byte))).kind;
        expect(['hello', 'never']).toContain(kind);
      }),
      { numRuns: 2000, interruptAfterTimeLimit: 2000 },
    );
  });
});
