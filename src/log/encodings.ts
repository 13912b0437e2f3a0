import { encoded } from './ascii-text.ts';

/** Far more rules, reasons and interfaces than one box has. */
const MAX_REMEMBERED = 256;

/** What is rendered of a few texts again and again, encoded once. @param render gives printable ASCII. */
export function encodings(render: (text: string) => string): (text: string) => Uint8Array {
  const known = new Map<string, Uint8Array>();
  const find = (text: string): Uint8Array => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= MAX_REMEMBERED) known.clear();
    const bytes = encoded(render(text));
    known.set(text, bytes);
    return bytes;
  };
  let [lastText, lastBytes] = ['', encoded(render(''))];
  return (text) => {
    if (text !== lastText) {
      lastBytes = find(text);
      lastText = text;
    }
    return lastBytes;
  };
}
