import { endianness } from 'node:os';
import type { CapturedFrame, MutableFrame } from './frame.ts';
import { MAX_FRAME_BYTES } from './frame-limits.ts';
import { isKnownLinkType } from './link-layer.ts';
import {
  beginSession,
  endSession,
  loadPcap,
  type PcapModule,
  type PcapPacket,
  type PcapSession,
} from './pcap-binding.ts';

const RING_BUFFER_BYTES = 32 * 1024 * 1024;
/** How late a packet may be seen; shorter costs wake-ups. */
const GATHER_MS = 50;

export interface LiveCapture {
  stats(): LiveStats;
  /** Ends the capture; no frame is delivered from then on. */
  close(): void;
}

/** As libpcap counts them, since the capture began. */
export interface LiveStats {
  readonly received: number;
  /** Lost because they were not read in time. */
  readonly kernelDrops: number;
  readonly interfaceDrops: number;
}

/** A capture that cannot be started. Its message says why and what to do. */
export class LiveCaptureError extends Error {
  override readonly name = 'LiveCaptureError';
}

/**
 * Captures on a network interface, by libpcap. Frames come in one reused object whose bytes are only valid during
 * the call; `onFrame` must not throw. The capture keeps the process alive until it is closed.
 *
 * @param filter what to capture, as tcpdump takes it (pcap-filter(7)); empty = everything
 * @throws LiveCaptureError
 */
export function openLive(
  networkInterface: string,
  filter: string,
  onFrame: (frame: CapturedFrame) => void,
): LiveCapture {
  const session = open(loaded(), networkInterface, filter);
  const linkType = linkTypeNumber(session.link_type);
  if (!isKnownLinkType(linkType)) {
    endSession(session);
    throw new LiveCaptureError(
      `${networkInterface} has frames of a kind (link type ${linkType}) that is not read here`,
    );
  }
  const isLittleEndian = endianness() === 'LE';
  const frame: MutableFrame = { bytes: session.buf, start: 0, end: 0, atMs: 0, linkType };
  session.on('packet', ({ buf, header }: PcapPacket) => {
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    frame.bytes = buf;
    frame.end = Math.min(view.getUint32(8, isLittleEndian), buf.length);
    frame.atMs = view.getUint32(0, isLittleEndian) * 1000 + view.getUint32(4, isLittleEndian) / 1000;
    onFrame(frame);
  });
  let last: LiveStats | null = null;
  return {
    stats: () => last ?? statsOf(session),
    close() {
      if (last !== null) return;
      last = statsOf(session);
      endSession(session);
    },
  };
}

function loaded(): PcapModule {
  try {
    const pcap = loadPcap();
    pcap.warningHandler = () => {};
    return pcap;
  } catch (error) {
    const [reason] = messageOf(error).split('\n');
    throw new LiveCaptureError(
      `live capture needs the pcap package, which cannot be loaded (${reason}); build it: ` +
        'apt install libpcap-dev build-essential && npm install pcap && npm rebuild pcap',
    );
  }
}

function open(pcap: PcapModule, networkInterface: string, filter: string): PcapSession {
  try {
    return beginSession(pcap, networkInterface, {
      filter,
      promiscuous: false,
      buffer_size: RING_BUFFER_BYTES,
      buffer_timeout: GATHER_MS,
      snap_length: MAX_FRAME_BYTES,
    });
  } catch (error) {
    throw new LiveCaptureError(explain(messageOf(error), networkInterface, filter));
  }
}

function explain(message: string, networkInterface: string, filter: string): string {
  if (/no such device|doesn't exist/i.test(message)) {
    return `there is no interface ${networkInterface}; ip -brief link lists what this machine has`;
  }
  if (/permi(ssion|tted)/i.test(message)) {
    return `capturing on ${networkInterface} is not permitted; run it as root or with CAP_NET_RAW`;
  }
  if (/is not up/i.test(message)) return `${networkInterface} is down; bring it up: ip link set ${networkInterface} up`;
  const about = filter === '' ? '' : ` with the filter "${filter}"`;
  return `cannot capture on ${networkInterface}${about}: ${message}`;
}

function statsOf(session: PcapSession): LiveStats {
  const { ps_recv: received, ps_drop: kernelDrops, ps_ifdrop: interfaceDrops } = session.stats();
  return { received, kernelDrops, interfaceDrops };
}

const LINK_TYPES: ReadonlyMap<string, number> = new Map([
  ['LINKTYPE_NULL', 0],
  ['LINKTYPE_ETHERNET', 1],
  ['LINKTYPE_RAW', 101],
  ['LINKTYPE_LINUX_SLL', 113],
  ['LINKTYPE_IEEE802_11_RADIO', 127],
]);

function linkTypeNumber(name: string): number {
  return LINK_TYPES.get(name) ?? Number(/\d+$/.exec(name)?.[0] ?? -1);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
