import { type Never, never } from '../outcome.ts';
import { type Host, readAuthority } from './authority.ts';
import type { RequestHead } from './request-head.ts';

/**
 * The host a request is really for: `X-Online-Host`, which clients of mobile networks' gateways sent, where `Host` is
 * only an address; else `Host`. A second name beside the one in `Host` is denied, for it is anyone's guess which of the
 * two a server takes.
 */
export function readOnlineHost({ host, fields }: RequestHead): Host | Never {
  const values = fields.get('x-online-host');
  const value = values[0];
  if (value === undefined) return host;
  if (values.length > 1) return never('http-online-host-repeated');
  const online = readAuthority(value);
  if (online.kind === 'never') return online;
  return host.isAddress || host.name === online.name ? online : never('http-online-host');
}
