import ipaddr from 'ipaddr.js';
import { type Fault, fault } from './fault.ts';

/** An IPv4 or IPv6 network. */
export interface AddressPrefix {
  /** 4 or 16 bytes in network order; those behind the prefix are zero. */
  readonly bytes: readonly number[];
  /** Length of the prefix: 0–32 or 0–128. */
  readonly bits: number;
}

/** `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/32`. */
export function parsePrefix(text: string): AddressPrefix | Fault {
  const [address = '', length, ...rest] = text.split('/');
  const bytes = parseAddress(address);
  if (bytes === null) {
    return fault(
      `"${text}" is not an address`,
      'write an IPv4 or IPv6 address or network: 203.0.113.0/24, 2001:db8::/32',
      address,
    );
  }
  const most = bytes.length * 8;
  if (length === undefined) return { bytes, bits: most };
  if (rest.length > 0 || !/^\d{1,3}$/.test(length) || Number(length) > most) {
    return fault(`"/${[length, ...rest].join('/')}" is not a prefix length`, `it goes from 0 to ${most}`, `/${length}`);
  }
  const bits = Number(length);
  const network = bytes.map((byte, i) => byte & ~(0xff >> Math.min(8, Math.max(0, bits - i * 8))));
  if (network.some((byte, i) => byte !== bytes[i])) {
    const written = ipaddr.fromByteArray(network).toString();
    return fault(
      `${address} has bits set behind its /${bits}`,
      `did you mean ${written}/${bits}, or ${address} alone?`,
      address,
    );
  }
  return { bytes, bits };
}

/** 4 or 16 bytes; null where `text` is no address in its usual form. */
export function parseAddress(text: string): readonly number[] | null {
  // The library throws inside for everything else, which would cost seconds on a long list of names.
  if (!LIKE_AN_ADDRESS.test(text)) return null;
  const usual = text.includes(':') ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);
  return usual ? ipaddr.parse(text).toByteArray() : null;
}

const LIKE_AN_ADDRESS = /^(?:[0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*)$/i;

/** As an owner would write it. */
export function formatPrefix({ bytes, bits }: AddressPrefix): string {
  const address = ipaddr.fromByteArray([...bytes]).toString();
  return bits === bytes.length * 8 ? address : `${address}/${bits}`;
}
