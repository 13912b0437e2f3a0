/** `{,sz}short.{a,b}.cn` → `short.a.cn`, `short.b.cn`, `szshort.a.cn`, `szshort.b.cn`. Braces do not nest. */
export function expandBraces(text: string): readonly string[] {
  const braces = /^([^{]*)\{([^{}]*)\}(.*)$/.exec(text);
  if (braces === null) return [text];
  const [, before = '', choices = '', after = ''] = braces;
  return choices.split(',').flatMap((choice) => expandBraces(after).map((rest) => before + choice.trim() + rest));
}
