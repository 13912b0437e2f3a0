/**
 * An address as people read it: 4 bytes as dotted decimals, 16 bytes by RFC 5952 – lower case, no leading zeros, the
 * longest run of two or more zero groups (the first of equals) as `::`, an IPv4-mapped address with its last four
 * bytes dotted (§5). Network byte order. Bytes of any other length are shown in hex.
 */
export function ipText(address: Uint8Array): string {
  if (address.length === 4) return dotted(address, 0);
  if (address.length !== 16) return `0x${Buffer.from(address).toString('hex')}`;
  if (isMapped(address)) return `::ffff:${dotted(address, 12)}`;
  return ipv6Text(address);
}

function dotted(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

function isMapped(address: Uint8Array): boolean {
  for (let at = 0; at < 10; at += 1) if (address[at] !== 0) return false;
  return address[10] === 0xff && address[11] === 0xff;
}

const GROUPS = 8;

function ipv6Text(address: Uint8Array): string {
  let runStart = GROUPS;
  let runLength = 1;
  let zeros = 0;
  for (let group = 0; group < GROUPS; group += 1) {
    zeros = groupAt(address, group) === 0 ? zeros + 1 : 0;
    if (zeros > runLength) {
      runLength = zeros;
      runStart = group + 1 - zeros;
    }
  }
  let text = '';
  for (let group = 0; group < GROUPS; group += 1) {
    if (group === runStart) {
      text += '::';
      group += runLength - 1;
      continue;
    }
    if (group > 0 && group !== runStart + runLength) text += ':';
    text += groupAt(address, group).toString(16);
  }
  return text;
}

function groupAt(address: Uint8Array, group: number): number {
  return ((address[2 * group] ?? 0) << 8) | (address[2 * group + 1] ?? 0);
}
