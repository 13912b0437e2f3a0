/** One packet the kernel holds until its verdict. The object and its bytes are reused by the next `receive()`. */
export interface QueuedPacket {
  /** What a verdict names the packet by. */
  readonly id: number;
  /** The packet mark, 32 bits; 0 where none is set. */
  readonly mark: number;
  /** The packet's priority (of `tc`, not of a rule), 32 bits; 0 where none is set, and from kernels before 5.18. */
  readonly priority: number;
  /** EtherType of what `bytes` holds: 0x0800 IPv4, 0x86dd IPv6. */
  readonly protocol: number;
  /** Netfilter's hook number: 0 prerouting, 1 input, 2 forward, 3 output, 4 postrouting. */
  readonly hook: number;
  /** Interface indexes; 0 where the hook has none. */
  readonly inIndex: number;
  readonly outIndex: number;
  /** Holds the packet from its network header on between `start` and `end`; what lies outside is not part of it. */
  readonly bytes: Uint8Array;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** The packet's own length, which is more than `end - start` when it exceeds the copy range. */
  readonly originalBytes: number;
  /** The sender's link-layer address between these two offsets of `bytes`; both 0 where the kernel gives none. */
  readonly hardwareAddressStart: number;
  readonly hardwareAddressEnd: number;
  /** False while the transport checksum is left for the network card to fill in: do not verify it; only with `gso`. */
  readonly checksumReady: boolean;
  /** Several segments in one, to be cut again on sending; only with `gso`. */
  readonly aggregated: boolean;
}

export type PacketFields = { -readonly [Field in keyof QueuedPacket]: QueuedPacket[Field] };

export function emptyPacket(bytes: Uint8Array): PacketFields {
  return {
    id: 0,
    mark: 0,
    priority: 0,
    protocol: 0,
    hook: 0,
    inIndex: 0,
    outIndex: 0,
    bytes,
    start: 0,
    end: 0,
    originalBytes: 0,
    hardwareAddressStart: 0,
    hardwareAddressEnd: 0,
    checksumReady: true,
    aggregated: false,
  };
}
