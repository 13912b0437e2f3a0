import { remembering } from '../dissect/remembering.ts';
import { encoded } from './ascii-text.ts';

/** Far more rules, reasons and interfaces than one box has. */
export const MAX_ENCODINGS = 256;

/** What is rendered of a few texts again and again, encoded once. @param render gives printable ASCII. */
export function encodings(render: (text: string) => string): (text: string) => Uint8Array {
  return remembering((text) => encoded(render(text)), MAX_ENCODINGS);
}
