import { CaptureFileError } from './capture-file-error.ts';

/** What an Interface Description Block says of the frames that name it. */
export interface PcapngInterface {
  readonly linkType: number;
  /** Bytes of a frame that are kept at most; 0 = all. */
  readonly snapBytes: number;
  readonly unitsPerMs: number;
  readonly offsetMs: number;
}

const OPTION_END = 0;
const OPTION_TSRESOL = 9;
const OPTION_TSOFFSET = 14;
const OPTIONS_AT = 16;

/**
 * Reads an Interface Description Block (draft-ietf-opsawg-pcapng §4.2) that stands whole in `view` from `at` to
 * `end`, block header and trailing length included. Without if_tsresol time is in microseconds; with its top bit set
 * the rest is a power of two, otherwise of ten. if_tsoffset is in seconds.
 *
 * @param offset of the block in the file, for the error.
 * @throws CaptureFileError
 */
export function readInterface(
  view: DataView,
  at: number,
  end: number,
  littleEndian: boolean,
  offset: number,
): PcapngInterface {
  let unitsPerSecond = 1e6;
  let offsetSeconds = 0;
  const optionsEnd = end - 4;
  for (let option = at + OPTIONS_AT; option + 4 <= optionsEnd; ) {
    const code = view.getUint16(option, littleEndian);
    const length = view.getUint16(option + 2, littleEndian);
    if (code === OPTION_END) break;
    const value = option + 4;
    if (value + length > optionsEnd) {
      throw new CaptureFileError('garbled', 'an interface option is longer than its block', offset + option - at);
    }
    if (code === OPTION_TSRESOL && length === 1) {
      const resolution = view.getUint8(value);
      unitsPerSecond = resolution < 0x80 ? 10 ** resolution : 2 ** (resolution & 0x7f);
    } else if (code === OPTION_TSOFFSET && length === 8) {
      offsetSeconds = Number(view.getBigInt64(value, littleEndian));
    }
    option = value + ((length + 3) & ~3);
  }
  return {
    linkType: view.getUint16(at + 8, littleEndian),
    snapBytes: view.getUint32(at + 12, littleEndian),
    unitsPerMs: unitsPerSecond / 1000,
    offsetMs: offsetSeconds * 1000,
  };
}
