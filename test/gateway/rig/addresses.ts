/**
 * Who has which address in the rig. The lan is private, everything else lies in the ranges set aside for
 * documentation (RFC 5737, RFC 3849), so nothing here can ever be a real host.
 */
export type Family = 'IPv4' | 'IPv6';
export const FAMILIES: readonly Family[] = ['IPv4', 'IPv6'];

/** A stretch of network with two ends. Addresses carry their prefix length. */
interface Link {
  readonly near: { readonly IPv4: string; readonly IPv6: string };
  readonly far: { readonly IPv4: string; readonly IPv6: string };
}

/** phone (near) – gateway (far) */
export const LAN: Link = {
  near: { IPv4: '192.168.77.2/24', IPv6: 'fd77::2/64' },
  far: { IPv4: '192.168.77.1/24', IPv6: 'fd77::1/64' },
};
/** gateway (near) – provider (far) */
export const WAN: Link = {
  near: { IPv4: '198.51.100.2/30', IPv6: '2001:db8:1::2/64' },
  far: { IPv4: '198.51.100.1/30', IPv6: '2001:db8:1::1/64' },
};
/** internet (near) – provider (far) */
export const BACKBONE: Link = {
  near: { IPv4: '203.0.113.2/24', IPv6: '2001:db8:2::2/64' },
  far: { IPv4: '203.0.113.1/24', IPv6: '2001:db8:2::1/64' },
};

/** Every service has an address of its own: what answers never depends on guessing a protocol. */
export const SERVICES = {
  web: 10,
  wechat: 20,
  ssh: 30,
  echo: 40,
  dns: 53,
  qq: 60,
  mmtls: 70,
} as const;

export type Service = keyof typeof SERVICES;

export function addressOf(service: Service, family: Family): string {
  return hostAddress(SERVICES[service], family);
}

/** The last part is written with the same digits in both families: 203.0.113.20, 2001:db8:2::20. */
export function hostAddress(host: number, family: Family): string {
  return family === 'IPv4' ? `203.0.113.${host}` : `2001:db8:2::${host}`;
}

export function withoutPrefix(address: string): string {
  return address.replace(/\/\d+$/, '');
}

/** The phone's address as its servers see it where the gateway does not masquerade. */
export function phoneAddress(family: Family): string {
  return withoutPrefix(LAN.near[family]);
}

/** As it stands in a URL or before a port. */
export function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
