/** ASCII in lower case, which most of what is said already is: then it is the same text and nothing is made. */
export function lowerCase(text: string): string {
  for (let i = 0; i < text.length; i += 1) if (isUpperCase(text.charCodeAt(i))) return text.toLowerCase();
  return text;
}

export function lowerCaseByte(byte: number): number {
  return isUpperCase(byte) ? byte + 0x20 : byte;
}

function isUpperCase(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}
