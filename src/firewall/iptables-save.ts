/** One table as `iptables-save` prints it. */
export interface SavedTable {
  /** Every chain, the built-in ones too, with its rules in order. */
  readonly chains: ReadonlyMap<string, readonly SavedRule[]>;
}

export interface SavedRule {
  readonly chain: string;
  /** What stands after `-A chain`; iptables-restore reads it back as it is. */
  readonly text: string;
}

/** Reads the output of `iptables-save` by table name. Lines it does not know are comments to it. */
export function parseIptablesSave(saved: string): ReadonlyMap<string, SavedTable> {
  const tables = new Map<string, { chains: Map<string, SavedRule[]> }>();
  let chains = new Map<string, SavedRule[]>();
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) {
      chains = new Map();
      tables.set(line.slice(1).trim(), { chains });
      continue;
    }
    const declared = /^:(\S+) /.exec(line)?.[1];
    if (declared !== undefined) chains.set(declared, []);
    const [, chain, text] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    if (chain !== undefined && text !== undefined) {
      const rules = chains.get(chain);
      if (rules === undefined) chains.set(chain, [{ chain, text }]);
      else rules.push({ chain, text });
    }
  }
  return tables;
}

/** The chain a rule jumps or goes to, or its built-in target. */
export function targetOf(rule: SavedRule): string | null {
  return /(?:^| )(?:-j|-g) (\S+)/.exec(withoutQuoted(rule.text))?.[1] ?? null;
}

/** Comments are free text and may look like anything. */
function withoutQuoted(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
}
