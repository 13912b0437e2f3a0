/** One captured frame. `bytes` is only valid until the next frame is read. */
export interface CapturedFrame {
  readonly bytes: Uint8Array;
  readonly start: number;
  /** Exclusive; what was captured, which may be less than what was on the wire. */
  readonly end: number;
  /** Unix time. */
  readonly atMs: number;
  /** libpcap's LINKTYPE_ number. */
  readonly linkType: number;
}

/** The one object a source of frames reuses. */
export type MutableFrame = { -readonly [Field in keyof CapturedFrame]: CapturedFrame[Field] };
