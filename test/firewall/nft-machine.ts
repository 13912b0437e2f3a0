/**
 * Raw conditions of nft, as `nft_payload` and `nft_bitwise` of the kernel evaluate them: bits of a header are loaded,
 * masked and compared; a load past the end of the packet makes the condition false.
 */
export function matchesNft(conditions: string, packet: Uint8Array): boolean {
  const terms = [...conditions.matchAll(TERM)];
  if (terms.map(([text]) => text).join(' ') !== conditions) throw new Error(`cannot read all of ${conditions}`);
  return terms.every(([, base, offset, length, mask, operator, value]) => {
    const start = base === 'nh' ? 0 : transportHeader(packet);
    if (start === null) return false;
    const loaded = load(packet, 8 * start + Number(offset), Number(length));
    if (loaded === null) return false;
    const masked = mask === undefined ? loaded : loaded & BigInt(mask);
    const compared = BigInt(value ?? '');
    if (operator === '>') return masked > compared;
    return (masked === compared) === (operator !== '!=');
  });
}

const TERM = /@(nh|th),(\d+),(\d+)(?: & (0x[0-9a-f]+))?(?: ([!=]=|>))? (0x[0-9a-f]+|\d+)/g;

function load(packet: Uint8Array, firstBit: number, bits: number): bigint | null {
  if (firstBit % 8 !== 0 || bits % 8 !== 0) throw new Error('only whole bytes are loaded here');
  if (firstBit + bits > 8 * packet.length) return null;
  const bytes = packet.subarray(firstBit / 8, (firstBit + bits) / 8);
  return bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n);
}

const EXTENSION_HEADERS: ReadonlySet<number> = new Set([0, 43, 60]);

/** Where the kernel finds it: behind options and extension headers, and nowhere in a later fragment. */
export function transportHeader(packet: Uint8Array): number | null {
  const byte = (at: number): number => packet[at] ?? 0;
  if (byte(0) >> 4 === 4) {
    const isLaterFragment = (byte(6) & 0x1f) !== 0 || byte(7) !== 0;
    return isLaterFragment ? null : 4 * (byte(0) & 0xf);
  }
  let at = 40;
  let next = byte(6);
  while (EXTENSION_HEADERS.has(next)) {
    next = byte(at);
    at += 8 * (byte(at + 1) + 1);
  }
  return at;
}
