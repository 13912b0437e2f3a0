import { type Never, never } from '../outcome.ts';
import { type Host, readAuthority } from './authority.ts';

export interface RequestTarget {
  readonly kind: 'target';
  /** Path and query as sent; `/` where an absolute target has none, `*` for the server as a whole. */
  readonly path: string;
  /** The host of an absolute target; null in the other forms, where the Host field alone says it. */
  readonly host: Host | null;
}

const scheme = 'http://';

/**
 * Reads a request target in origin, absolute or asterisk form (RFC 9112 §3.2). The authority form is CONNECT's alone.
 * A path that begins like `//other.host/` is denied: RFC 9112 §3.3 takes it for a path, RFC 3986 §4.2 for an authority.
 */
export function readRequestTarget(method: string, target: string): RequestTarget | Never {
  if (target.startsWith('/')) {
    return mayBeAuthority(target) ? never('http-target-ambiguous') : { kind: 'target', path: target, host: null };
  }
  if (target === '*') {
    return method === 'OPTIONS' ? { kind: 'target', path: target, host: null } : never('http-target-form');
  }
  return target.startsWith(scheme) ? readAbsolute(target.slice(scheme.length)) : never('http-target-form');
}

function readAbsolute(rest: string): RequestTarget | Never {
  const pathAt = rest.search(/[/?]/);
  const authority = pathAt < 0 ? rest : rest.slice(0, pathAt);
  const host = readAuthority(authority);
  if (host.kind === 'never') return host;
  const path = pathAt < 0 ? '/' : rest.slice(pathAt);
  if (mayBeAuthority(path)) return never('http-target-ambiguous');
  return { kind: 'target', path: path.startsWith('/') ? path : `/${path}`, host };
}

/** `//cgi-bin/…` comes from carelessly joined addresses and names no host of its own; `//a.b/`, `//a:80/`, `//a@b/` might. */
function mayBeAuthority(path: string): boolean {
  return path.startsWith('//') && /^\/+[^/?]*[.:@%[]/.test(path);
}
