import { encoded } from './ascii-text.ts';

/** Far more rules, reasons and interfaces than one box has. */
const MAX_REMEMBERED = 256;

/** What is rendered of a few texts again and again, encoded once. @param render gives printable ASCII. */
export function encodings(render: (text: string) => string): (text: string) => Uint8Array {
  return remembered((text) => encoded(render(text)));
}

/** What is made of a few texts again and again, made once. */
export function remembered<Made>(make: (text: string) => Made): (text: string) => Made {
  const known = new Map<string, Made>();
  const find = (text: string): Made => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= MAX_REMEMBERED) known.clear();
    const made = make(text);
    known.set(text, made);
    return made;
  };
  let [lastText, lastMade] = ['', make('')];
  return (text) => {
    if (text !== lastText) {
      lastMade = find(text);
      lastText = text;
    }
    return lastMade;
  };
}
