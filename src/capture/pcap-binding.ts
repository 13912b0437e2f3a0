import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What is used of the `pcap` package; its own types drag in those of another Node. */
export interface PcapModule {
  createSession(device: string, options: PcapSessionOptions): PcapSession;
  /** Told what libpcap warns of; without one it goes to the console. */
  warningHandler: (text: string) => void;
}

export interface PcapSessionOptions {
  readonly filter: string;
  readonly promiscuous: boolean;
  /** Bytes of the kernel's ring buffer. */
  readonly buffer_size: number;
  /** Milliseconds for which packets may be gathered before they are delivered. */
  readonly buffer_timeout: number;
  readonly snap_length: number;
}

export interface PcapSession {
  /** `LINKTYPE_ETHERNET` and four more, or `Unknown linktype 276`. */
  readonly link_type: string;
  readonly buf: Uint8Array;
  readonly header: Uint8Array;
  readonly session: NativeSession;
  on(event: 'packet', listener: (packet: PcapPacket) => void): void;
  stats(): { readonly ps_recv: number; readonly ps_drop: number; readonly ps_ifdrop: number };
  close(): void;
}

interface NativeSession {
  /** Reads what is there. −2 once a closed session has let go of everything. */
  dispatch: (buf: Uint8Array, header: Uint8Array) => number;
  open_offline(
    path: string,
    filter: string,
    bufferSize: number,
    snapLength: number,
    outFile: string,
    onPacket: () => void,
    isMonitor: boolean,
    bufferTimeout: number,
    onWarning: () => void,
    promiscuous: boolean,
  ): string;
  close(): void;
}

/** Both buffers are reused for the next packet. */
export interface PcapPacket {
  readonly buf: Uint8Array;
  /** In the machine's byte order: u32 seconds, u32 microseconds, u32 captured length, u32 length on the wire. */
  readonly header: Uint8Array;
}

/** The package, which is optional and native. @throws whatever loading it throws */
export function loadPcap(): PcapModule {
  const module: unknown = createRequire(import.meta.url)('pcap');
  if (!isPcapModule(module)) throw new Error('the pcap package has no createSession');
  return module;
}

function isPcapModule(module: unknown): module is PcapModule {
  return (
    typeof module === 'object' &&
    module !== null &&
    'createSession' in module &&
    typeof module.createSession === 'function'
  );
}

/**
 * Held for good. libuv's handle lies in a session's own memory, and the package never closes it: also after the end it
 * stays in the loop's list of handles, and were the session collected, the next handle that is opened or closed would
 * write to memory that is somebody else's by then.
 */
const HELD = new Set<NativeSession>();

/** Begins to capture on a network interface. @throws whatever the package throws */
export function beginSession(pcap: PcapModule, device: string, options: PcapSessionOptions): PcapSession {
  const begun = pcap.createSession(device, options);
  HELD.add(begun.session);
  return begun;
}

const LET_GO = -2;

/**
 * Ends a session so that it no longer keeps the process alive. The package only lets go when the next packet is
 * read, and on a quiet interface that may be never; reading an empty capture file in its place does the same. The
 * socket then stays open until the process ends.
 */
export function endSession(ended: PcapSession): void {
  ended.close();
  const { session, buf, header } = ended;
  if (session.dispatch(buf, header) !== LET_GO) readEmptyCapture(ended);
  // A reading that was scheduled before would touch what is freed now.
  session.dispatch = () => LET_GO;
}

function readEmptyCapture({ session, buf, header }: PcapSession): void {
  const folder = mkdtempSync(join(tmpdir(), 'chatgate-'));
  try {
    const empty = join(folder, 'empty.pcap');
    writeFileSync(empty, EMPTY_CAPTURE);
    session.open_offline(empty, '', 0, 0, '', ignore, false, 0, ignore, false);
    session.close();
    session.dispatch(buf, header);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The header of a .pcap file without a frame. */
const EMPTY_CAPTURE = Buffer.from('a1b2c3d40002000400000000000000000004000000000001', 'hex');

function ignore(): void {}
