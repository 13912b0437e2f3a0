import ipaddr from 'ipaddr.js';
import { type Never, never } from '../outcome.ts';
import { remembering } from '../remembering.ts';

/** The host part of an authority (RFC 3986 §3.2). */
export interface Host {
  readonly kind: 'host';
  /** A name in lower case without a trailing dot, or an IP address in canonical text (RFC 5952), unbracketed. */
  readonly name: string;
  readonly isAddress: boolean;
}

/** RFC 1035 §2.3.4, as text without the trailing dot. */
const maxNameChars = 253;
const maxLabelChars = 63;
/** Those of a busy hotspot. */
const REMEMBERED_HOSTS = 512;
/** `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255` */
const maxIpv6Chars = 45;

/**
 * Reads `host [":" port]`, as a Host field (RFC 9110 §7.2) or an absolute target holds it. A port must be one, and is
 * dropped. Of RFC 3986's names only letters, digits, hyphens and underscores in labels are taken: no percent-encoding,
 * no userinfo (RFC 9110 §4.2.4). A name whose last label is a number is an IPv4 address in four plain decimal parts or
 * nothing, for some resolvers read `127.1` and `0x7f000001` as addresses too.
 */
export const readAuthority = remembering((text): Host | Never => {
  if (text === '') return never('http-host-empty');
  return isPlainName(text) ? namedHost(text.toLowerCase()) : readUnusual(text);
}, REMEMBERED_HOSTS);

/** Whether there are only letters, digits, hyphens, underscores and dots, as nearly always. */
function isPlainName(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (nameCharacters[text.charCodeAt(i)] !== 1) return false;
  return true;
}

const nameCharacters = Uint8Array.from({ length: 128 }, (_, code) =>
  /[0-9A-Za-z_.-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

function readUnusual(text: string): Host | Never {
  if (text.includes('@')) return never('http-host-userinfo');
  const portAt = text.indexOf(':', text.startsWith('[') ? text.indexOf(']') : 0);
  const host = portAt < 0 ? text : text.slice(0, portAt);
  if (host === '') return never('http-host-empty');
  if (!hostCharacters.test(host)) return never('http-host-character');
  if (portAt >= 0 && !isPort(text.slice(portAt + 1))) return never('http-host-port');
  return host.startsWith('[') ? ipv6Host(host.slice(1, -1)) : namedHost(host.toLowerCase());
}

const hostCharacters = /^(?:\[[0-9A-Fa-f:.]*\]|[0-9A-Za-z_.-]*)$/;

function ipv6Host(text: string): Host | Never {
  if (text.length > maxIpv6Chars || !ipaddr.IPv6.isValid(text)) return never('http-host-malformed');
  return { kind: 'host', name: ipaddr.IPv6.parse(text).toRFC5952String(), isAddress: true };
}

function namedHost(text: string): Host | Never {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  if (name.length > maxNameChars || !labelsFit(name)) return never('http-host-malformed');
  const isAddress = mayEndNumber(name.charCodeAt(name.length - 1)) && endsInNumber.test(name);
  if (isAddress && !ipaddr.IPv4.isValidFourPartDecimal(name)) return never('http-host-malformed');
  return { kind: 'host', name, isAddress };
}

const endsInNumber = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/;

/** A digit of any kind, or the `x` of a bare `0x`. */
function mayEndNumber(code: number): boolean {
  return code <= 0x39 || (code >= 0x61 && code <= 0x66) || code === 0x78;
}

/** Whether every label has a character at least and no more than fit. */
function labelsFit(name: string): boolean {
  let labelAt = 0;
  for (let at = 0; at <= name.length; at += 1) {
    if (at < name.length && name.charCodeAt(at) !== DOT) continue;
    if (at === labelAt || at - labelAt > maxLabelChars) return false;
    labelAt = at + 1;
  }
  return true;
}

const DOT = 0x2e;

function isPort(digits: string): boolean {
  return /^[1-9][0-9]{0,4}$/.test(digits) && Number(digits) <= 0xffff;
}
