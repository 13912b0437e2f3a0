import type { Arrival } from '../judge/arrival.ts';
import { FlowState } from '../judge/flow-state.ts';
import type { Judge } from '../judge/judge.ts';
import { Packet, readPacket } from '../packet/packet.ts';
import type { CapturedFrame } from './frame.ts';
import { newIpLocation } from './ip-location.ts';
import { locateIp } from './link-layer.ts';

/** How often the judge is told the time, in the capture's own clock. */
const TICK_MS = 1_000;

/** Takes captured frames, of a file or a live interface, to the judge. Nobody waits for its verdicts. */
export class FrameLoop {
  readonly #location = newIpLocation();
  readonly #packet = new Packet();
  readonly #arrival: Arrival;
  readonly #judge: Judge;
  #lastTickMs = 0;
  packets = 0;
  /** Frames without an IP packet: ARP, spanning tree, link types nobody knows. */
  otherFrames = 0;

  constructor(judge: Judge, inInterface: string | null) {
    this.#judge = judge;
    this.#arrival = {
      atMs: 0,
      known: FlowState.fresh,
      isReply: null,
      clientStart: -1,
      inInterface,
      sourceMacAt: -1,
      macBytes: new Uint8Array(0),
      epoch: 0,
    };
  }

  take(frame: CapturedFrame): void {
    const location = this.#location;
    if (!locateIp(frame, location)) {
      this.otherFrames += 1;
      return;
    }
    this.packets += 1;
    const fault = readPacket(frame.bytes, location.start, frame.end, this.#packet);
    const arrival = this.#arrival;
    arrival.atMs = frame.atMs;
    arrival.macBytes = frame.bytes;
    arrival.sourceMacAt = location.sourceMacAt;
    this.#judge.judge(this.#packet, fault, arrival);
    if (frame.atMs - this.#lastTickMs >= TICK_MS) {
      this.#lastTickMs = frame.atMs;
      this.#judge.tick(frame.atMs);
    }
  }
}
