import type { BpfInstruction } from '../../src/firewall/bare-segment.ts';

/** Classic BPF as linux/Documentation/networking/filter.rst describes it; a load past the end returns 0. */
export function runBpf(program: readonly BpfInstruction[], packet: Uint8Array): number {
  let a = 0;
  let x = 0;
  for (let at = 0; at < program.length; at += 1) {
    const { code, jumpTrue, jumpFalse, k } = program[at]!;
    const load = (from: number, bytes: number): number | null => {
      if (from + bytes > packet.length) return null;
      return packet.subarray(from, from + bytes).reduce((value, byte) => value * 256 + byte, 0);
    };
    const jump = (condition: boolean): void => {
      at += condition ? jumpTrue : jumpFalse;
    };
    let loaded: number | null = a;
    switch (code) {
      case 0x30: // ldb [k]
        loaded = load(k, 1);
        break;
      case 0x28: // ldh [k]
        loaded = load(k, 2);
        break;
      case 0x50: // ldb [x + k]
        loaded = load(x + k, 1);
        break;
      case 0xb1: {
        // ldxb 4 * ([k] & 0xf)
        const byte = load(k, 1);
        if (byte === null) return 0;
        x = 4 * (byte & 0xf);
        break;
      }
      case 0x74:
        loaded = a >>> k;
        break;
      case 0x54:
        loaded = a & k;
        break;
      case 0x0c:
        loaded = a + x;
        break;
      case 0x07:
        x = a;
        break;
      case 0x15:
        jump(a === k);
        break;
      case 0x1d:
        jump(a === x);
        break;
      case 0x45:
        jump((a & k) !== 0);
        break;
      case 0x06:
        return k;
      default:
        throw new Error(`opcode ${code} is unknown`);
    }
    if (loaded === null) return 0;
    a = loaded;
  }
  throw new Error('ran off the end of the program');
}
