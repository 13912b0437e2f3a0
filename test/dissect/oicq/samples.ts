import { concat, hex, noise, u16, u32 } from '../hex.ts';

/** A packet as real ones are laid out, with made-up account and content. */
export const packet = (version: number, command: number, account: number, contentBytes: number): Uint8Array =>
  concat(hex('02'), u16(version), u16(command), u16(23), u32(account), noise(contentBytes), hex('03'));

export const overTcp = (bytes: Uint8Array): Uint8Array => concat(u16(2 + bytes.length), bytes);
