import { concat, hex, noise, u16, u32 } from '../hex.ts';

export const record = (type: number, body: Uint8Array, version = 0xf104): Uint8Array =>
  concat(Uint8Array.of(type), u16(version), u16(body.length), body);

const section = (body: Uint8Array): Uint8Array => concat(u32(body.length), body);

/** A client's hello as real ones are laid out, with made-up random bytes and extensions. */
export function clientHello(
  suites: readonly number[],
  extensionBytes: number,
  { type = 0x16, version = 0xf104 }: { type?: number; version?: number } = {},
): Uint8Array {
  const inner = Uint8Array.of(version & 0xff, version >>> 8);
  const extensions = concat(Uint8Array.of(suites.length), noise(extensionBytes - 1));
  return record(
    type,
    section(
      concat(
        Uint8Array.of(1),
        inner,
        Uint8Array.of(suites.length),
        ...suites.map(u16),
        noise(32),
        u32(1_700_000_000),
        section(extensions),
      ),
    ),
    version,
  );
}

export function serverHello(suite: number, extensionBytes: number): Uint8Array {
  const extensions = concat(Uint8Array.of(extensionBytes > 1 ? 1 : 0), noise(extensionBytes - 1));
  return record(0x16, section(concat(hex('02 04f1'), u16(suite), noise(32), section(extensions))));
}

/** 166 bytes: `16 f1 04 00 a1 00 00 00 9d 01 04 f1 01 00 a8 …`. */
export const resumedHello = clientHello([0x00a8], 111);
/** 371 bytes: `16 f1 04 01 6e 00 00 01 6a 01 04 f1 02 c0 2b 00 a8 …`. */
export const fullHello = clientHello([0xc02b, 0x00a8], 314);
export const earlyHello = clientHello([0x00a8], 111, { type: 0x19 });
/** 51 bytes: `16 f1 04 00 2e 00 00 00 2a 02 04 f1 00 a8 …`. */
export const resumedServerHello = serverHello(0x00a8, 1);
/** 142 bytes: `16 f1 04 00 89 00 00 00 85 02 04 f1 c0 2b …`. */
export const fullServerHello = serverHello(0xc02b, 92);
export const alert = hex('15 f104 0007 00000003 00 73 02');
