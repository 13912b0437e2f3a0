import { encode, type Packet, type RecordType } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxQuestionBytes, readQuestion } from '../../../src/dissect/dns/question.ts';
import { NOT_THIS, never } from '../../../src/dissect/outcome.ts';
import { message, opt, record, u16, wireName } from './messages.ts';

const asked = { kind: 'question', id: 0x1234, name: 'short.weixin.qq.com', type: 1 };
const longest = [63, 63, 63, 61].map((length) => 'a'.repeat(length));
const tsigData = [...wireName('hmac-sha256'), ...u16(0, 0, 0, 300, 2), 1, 2, ...u16(0x1234, 0, 0)];
const tsig = (data: number[]) => [...wireName('key'), ...u16(250, 255), 0, 0, 0, 0, ...u16(data.length), ...data];
const sig0 = (data: number[]) => [0, ...u16(24, 255), 0, 0, 0, 0, ...u16(data.length), ...data];
const sigData = [...new Array<number>(18).fill(0), ...wireName('key'), 1];

describe('a question', () => {
  test.each([
    ['plain', message(), asked],
    ['in mixed case (RFC 1035 §2.3.3)', message({ name: wireName('ShOrT', 'WEIXIN', 'qq', 'cOm') }), asked],
    ['with AD and CD (RFC 4035 §3.2, §4.6)', message({ flags: 0x0130 }), asked],
    ['for HTTPS (RFC 9460)', message({ type: 65 }), { ...asked, type: 65 }],
    ['with underscores', message({ name: wireName('_dns', 'a-1') }), { ...asked, name: '_dns.a-1' }],
    ['for the root', message({ name: [0], type: 2 }), { ...asked, name: '', type: 2 }],
    ['of the longest name', message({ name: wireName(...longest) }), { ...asked, name: longest.join('.') }],
    ['with EDNS', message({ counts: [1, 0, 0, 1], records: opt() }), asked],
    ['with padding', message({ counts: [1, 0, 0, 1], records: opt([...u16(12, 3), 0, 0, 0, ...u16(8, 0)]) }), asked],
    ['signed with TSIG', message({ counts: [1, 0, 0, 2], records: [...opt(), ...tsig(tsigData)] }), asked],
    ['signed with SIG(0)', message({ counts: [1, 0, 0, 1], records: sig0(sigData) }), asked],
  ])('%s is read', (_, bytes, question) => {
    expect(readQuestion(bytes)).toEqual(question);
  });

  test.each([
    ['short', message().subarray(0, 16)],
    ['an answer', message({ flags: 0x8180 })],
    ['with two questions (RFC 9619)', message({ counts: [2, 0, 0, 0] })],
    ['with none', message({ counts: [0, 0, 0, 0] })],
    ['with answers', message({ counts: [1, 1, 0, 0] })],
    ['with authorities', message({ counts: [1, 0, 1, 0] })],
    ['with three additional records', message({ counts: [1, 0, 0, 3] })],
    ['with 65,535 additional records', message({ counts: [1, 0, 0, 0xffff] })],
  ])('is not what is %s', (_, bytes) => {
    expect(readQuestion(bytes)).toEqual(NOT_THIS);
  });

  test.each([0x0400, 0x0200, 0x0080, 0x0040, 0x0001])('has none of the flags of a server: %i', (flags) => {
    expect(readQuestion(message({ flags }))).toEqual(NOT_THIS);
  });

  test.each([0, 10, 41, 250, 251, 252, 255])('is not asked for type %i', (type) => {
    expect(readQuestion(message({ type }))).toEqual(never('dns-type'));
  });

  test.each([
    ['a notification', message({ flags: 0x2000 }), 'dns-opcode'],
    ['a dot in a label', message({ name: wireName('weixin.qq', 'com') }), 'dns-odd-label'],
    ['a byte above ASCII', message({ name: wireName('\xe5', 'com') }), 'dns-odd-label'],
    ['a zero in a label', message({ name: wireName('a\0b', 'com') }), 'dns-odd-label'],
    ['a star', message({ name: wireName('*', 'com') }), 'dns-odd-label'],
    ['a pointer', message({ name: [0xc0, 12] }), 'dns-name-compressed'],
    ['an extended label', message({ name: [0x41, 0] }), 'dns-name-compressed'],
    ['256 bytes of name', message({ name: wireName(...longest.slice(0, 3), 'a'.repeat(62)) }), 'dns-name-too-long'],
    ['no end of its name', message({ name: [60] }), 'dns-cut-short'],
    ['no type', message().subarray(0, 31), 'dns-cut-short'],
    ['class CHAOS', message({ class: 3 }), 'dns-class'],
    ['class ANY', message({ class: 255 }), 'dns-class'],
    ['a byte too many', message({ records: [0] }), 'dns-trailing-bytes'],
    ['a record it did not announce', message({ records: opt() }), 'dns-trailing-bytes'],
    ['a byte behind EDNS', message({ counts: [1, 0, 0, 1], records: [...opt(), 0] }), 'dns-trailing-bytes'],
    ['no record it announced', message({ counts: [1, 0, 0, 1] }), 'dns-additional-malformed'],
    ['half a record', message({ counts: [1, 0, 0, 1], records: opt().slice(0, -1) }), 'dns-additional-malformed'],
    ['EDNS twice', message({ counts: [1, 0, 0, 2], records: [...opt(), ...opt()] }), 'dns-additional-unexpected'],
    ['another record', message({ counts: [1, 0, 0, 1], records: record(16, [1, 65]) }), 'dns-additional-unexpected'],
    [
      'something behind the signature',
      message({ counts: [1, 0, 0, 2], records: [...tsig(tsigData), ...opt()] }),
      'dns-additional-unexpected',
    ],
  ])('with %s is denied', (_, bytes, code) => {
    expect(readQuestion(bytes)).toEqual(never(code));
  });

  test.each([
    ['EDNS version 1', opt([], [0, 1, 0, 0])],
    ['an extended response code', opt([], [1, 0, 0, 0])],
    ['unknown EDNS flags', opt([], [0, 0, 0, 1])],
    ['an option past the end', opt([...u16(12, 5), 0])],
    ['half an option', opt([0, 12, 0])],
    ['EDNS of a name', [...wireName('a'), ...opt().slice(1)]],
    ['TSIG too short', tsig(tsigData.slice(0, -1))],
    ['TSIG too long', tsig([...tsigData, 0])],
    ['SIG that covers a type', sig0([0, 1, ...sigData.slice(2)])],
    ['SIG without a signature', sig0(sigData.slice(0, -1))],
    ['SIG of class IN', [0, ...u16(24, 1), 0, 0, 0, 0, ...u16(sigData.length), ...sigData]],
  ])('with a malformed record is denied: %s', (_, records) => {
    expect(readQuestion(message({ counts: [1, 0, 0, 1], records }))).toEqual(never('dns-additional-malformed'));
  });

  test('is as long as its cap and no longer', () => {
    const fill = maxQuestionBytes - message().length - 11 - 4;
    const padded = (bytes: number) =>
      message({ counts: [1, 0, 0, 1], records: opt([...u16(12, bytes), ...new Array<number>(bytes).fill(0)]) });
    expect(readQuestion(padded(fill)).kind).toBe('question');
    expect(readQuestion(padded(fill + 1))).toEqual(never('dns-question-too-long'));
  });
});

describe('against dns-packet', () => {
  const label = fc.stringMatching(/^[A-Za-z0-9_-]{1,63}$/);
  const name = fc
    .array(label, { minLength: 1, maxLength: 8 })
    .map((labels) => labels.join('.'))
    .filter((text) => text.length <= 253);
  const types = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33 } as const;
  const question = fc.record({
    id: fc.nat(0xffff),
    name,
    type: fc.constantFrom(...(Object.keys(types) as (keyof typeof types)[])),
    edns: fc.boolean(),
    flags: fc.constantFrom(0, 0x0100, 0x0120, 0x0110),
  });

  test('what it encodes is read as what was asked', () => {
    fc.assert(
      fc.property(question, ({ id, name: text, type, edns, flags }) => {
        const packet: Packet = {
          type: 'query',
          id,
          flags,
          questions: [{ type: type satisfies RecordType, name: text }],
        };
        if (edns) {
          packet.additionals = [
            {
              type: 'OPT',
              name: '.',
              udpPayloadSize: 1232,
              extendedRcode: 0,
              ednsVersion: 0,
              flags: 0,
              flag_do: false,
              options: [],
            },
          ];
        }
        expect(readQuestion(encode(packet))).toEqual({
          kind: 'question',
          id,
          name: text.toLowerCase(),
          type: types[type],
        });
      }),
      { interruptAfterTimeLimit: 1500, numRuns: 500 },
    );
  });
});
