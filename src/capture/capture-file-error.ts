/** Why a capture file cannot be read. */
export type CaptureFileProblem =
  /** The operating system refused to open or read it. */
  | 'unreadable'
  | 'empty'
  /** gzip, xz, zstd, bzip2 or lz4 around whatever is inside. */
  | 'compressed'
  /** A capture, but in a variant that is not read here. */
  | 'unsupported'
  | 'not-a-capture'
  /** A length or number in it cannot be true. Frames before it have been delivered. */
  | 'garbled';

/** The only error that reading a capture file throws. Its message says what is wrong, where, and what to do. */
export class CaptureFileError extends Error {
  override readonly name = 'CaptureFileError';
  readonly problem: CaptureFileProblem;
  /** Bytes from the file's start to where the trouble is; null where it is with the file as a whole. */
  readonly offset: number | null;

  constructor(problem: CaptureFileProblem, message: string, offset: number | null = null) {
    super(offset === null ? message : `${message} (at byte ${offset})`);
    this.problem = problem;
    this.offset = offset;
  }
}
