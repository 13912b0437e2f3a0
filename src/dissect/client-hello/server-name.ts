import type { Cursor } from '../cursor.ts';
import { type Never, never } from '../outcome.ts';
import { remembering } from '../remembering.ts';

/** RFC 6066 §3. */
const HOST_NAME = 0;
/** RFC 1035 §2.3.4: 255 bytes on the wire are 253 characters without the trailing dot. */
const MAX_NAME_LENGTH = 253;
/** RFC 1035 §2.3.4; underscores stand in names of real hosts although RFC 1123 has no room for them. */
const HOST = /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/;
/** RFC 6066 §3 permits no literal address. No top-level domain is a number, and IPv6 has colons. */
const IPV4 = /(^|\.)(\d+|0x[0-9a-f]*)$/;
/** Those of a busy hotspot. */
const REMEMBERED_NAMES = 512;

/**
 * The one host name of a `server_name` extension, in lower case. Anything a lax reader might read otherwise is refused:
 * a second name, another name type, lengths that disagree, a trailing dot.
 * @param list the extension's data, nothing of it read yet.
 */
export function readServerName(list: Cursor): string | Never {
  const dataBytes = list.left;
  const listLength = list.u16();
  const type = list.u8();
  const length = list.u16();
  const text = list.text(length);
  if (list.failed || listLength !== dataBytes - 2) return never('client-hello-name-malformed');
  if (type !== HOST_NAME) return never('client-hello-name-type');
  if (list.left > 0) return never('client-hello-name-repeated');
  if (length === 0 || length > MAX_NAME_LENGTH) return never('client-hello-name-length');
  return hostName(text);
}

const hostName = remembering((text): string | Never => {
  const name = text.toLowerCase();
  if (!HOST.test(name)) return never('client-hello-name-not-a-host');
  return IPV4.test(name) ? never('client-hello-name-is-address') : name;
}, REMEMBERED_NAMES);
