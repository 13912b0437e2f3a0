/**
 * A *bare* segment is a TCP segment in which the headers fill the IP packet to its last byte: it carries nothing.
 * Whatever does not fit exactly counts as data: another extension header, a jumbo length of 0, a fragment.
 */

/** One instruction of classic BPF, as in `struct sock_filter` of linux/filter.h. */
export interface BpfInstruction {
  readonly code: number;
  readonly jumpTrue: number;
  readonly jumpFalse: number;
  readonly k: number;
}

/** The opcodes used here: class | size | mode, as linux/bpf_common.h adds them up. */
const Op = {
  /** A = P[k], one byte. */
  loadByte: 0x30,
  /** A = P[k:2], big-endian. */
  loadHalf: 0x28,
  /** A = P[X + k]. */
  loadByteIndexed: 0x50,
  /** X = 4 * (P[k] & 0x0f). */
  loadHeaderLengthToX: 0xb1,
  shiftRight: 0x74,
  and: 0x54,
  addX: 0x0c,
  add: 0x04,
  moveAToX: 0x07,
  jumpIfEqual: 0x15,
  jumpIfEqualX: 0x1d,
  jumpIfAnySet: 0x45,
  return: 0x06,
} as const;

const TCP = 6;
const FIN_SYN_RST = 0x07;
const IPV6_HEADER_BYTES = 40;
/** More-fragments flag and fragment offset of an IPv4 header. */
const FRAGMENT_BITS = 0x3fff;

function step(code: number, k: number): BpfInstruction {
  return { code, jumpTrue: 0, jumpFalse: 0, k };
}

function branch(code: number, k: number, jumpTrue: number, jumpFalse: number): BpfInstruction {
  return { code, jumpTrue, jumpFalse, k };
}

/** Data offset byte to header bytes: (b >> 4) * 4. */
const TCP_HEADER_BYTES: readonly BpfInstruction[] = [step(Op.shiftRight, 2), step(Op.and, 0x3c)];

const MATCH = step(Op.return, 0xffff);
const NO_MATCH = step(Op.return, 0);

/** The jump over `others` instructions to NO_MATCH, where a segment begins or ends a connection; none if that is fine. */
function flagsCheck(isQuiet: boolean, load: BpfInstruction, others: number): readonly BpfInstruction[] {
  return isQuiet ? [load, branch(Op.jumpIfAnySet, FIN_SYN_RST, others, 0)] : [];
}

/**
 * Reads from the first byte of the IPv4 header; returns 65535 for a bare segment, else 0. A *quiet* one neither begins
 * nor ends a connection: no FIN, SYN or RST.
 */
export function bareSegmentIpv4(isQuiet: boolean): readonly BpfInstruction[] {
  const flags = flagsCheck(isQuiet, step(Op.loadByteIndexed, 13), 7);
  return [
    step(Op.loadByte, 9),
    branch(Op.jumpIfEqual, TCP, 0, 10 + flags.length),
    step(Op.loadHalf, 6),
    branch(Op.jumpIfAnySet, FRAGMENT_BITS, 8 + flags.length, 0),
    step(Op.loadHeaderLengthToX, 0),
    ...flags,
    step(Op.loadByteIndexed, 12),
    ...TCP_HEADER_BYTES,
    step(Op.addX, 0),
    step(Op.moveAToX, 0),
    step(Op.loadHalf, 2),
    branch(Op.jumpIfEqualX, 0, 1, 0),
    NO_MATCH,
    MATCH,
  ];
}

/** Reads from the first byte of the IPv6 header; TCP must be the very next header. */
export function bareSegmentIpv6(isQuiet: boolean): readonly BpfInstruction[] {
  const flags = flagsCheck(isQuiet, step(Op.loadByte, IPV6_HEADER_BYTES + 13), 6);
  return [
    step(Op.loadByte, 6),
    branch(Op.jumpIfEqual, TCP, 0, 6 + flags.length),
    ...flags,
    step(Op.loadByte, IPV6_HEADER_BYTES + 12),
    ...TCP_HEADER_BYTES,
    step(Op.moveAToX, 0),
    step(Op.loadHalf, 4),
    branch(Op.jumpIfEqualX, 0, 1, 0),
    NO_MATCH,
    MATCH,
  ];
}

/** As iptables' `-m bpf --bytecode` reads it: the count, then `code jt jf k` for each instruction. */
export function bytecode(program: readonly BpfInstruction[]): string {
  const lines = program.map((i) => `${i.code} ${i.jumpTrue} ${i.jumpFalse} ${i.k}`);
  return [`${program.length}`, ...lines].join(',');
}
