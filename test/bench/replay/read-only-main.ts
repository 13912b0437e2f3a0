import { readCapture } from '../../../src/capture/capture-file.ts';

/** Reads a capture file and does nothing with it. */
const { frames } = readCapture(process.argv[2] ?? '', () => {});
process.stdout.write(`${frames}\n`);
