import { domainToASCII } from 'node:url';
import { parseAddress } from './address-prefix.ts';
import { checkExpression } from './expression.ts';
import { type Fault, fault, isFault } from './fault.ts';

export type NamePattern =
  | { readonly kind: 'exact'; readonly name: string }
  /** Every name below `name`, not `name` itself. */
  | { readonly kind: 'below'; readonly name: string }
  /** An RE2 expression that may match anywhere in the name unless it is anchored. */
  | { readonly kind: 'expression'; readonly source: string };

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const LONGEST_NAME = 253;

/** `example.cn`, or `*.example.cn` for every name below it. Other scripts are turned into punycode. */
export function parseHost(text: string): NamePattern | Fault {
  const below = text.startsWith('*.');
  const written = below ? text.slice(2) : text;
  const strange = notAHost(written);
  if (strange !== null) return strange;
  const name = domainToASCII(written.replace(/\.$/, '')).toLowerCase();
  const labels = name.split('.');
  if (name.length === 0 || name.length > LONGEST_NAME || !labels.every((label) => LABEL.test(label))) {
    return fault(
      `"${text}" is not a host name`,
      'write a name such as example.cn, or *.example.cn for all names below it',
    );
  }
  if (below && labels.length === 1)
    return fault(`"${text}" would allow everything below .${name}`, 'name a domain: *.example.cn');
  return below ? { kind: 'below', name } : { kind: 'exact', name };
}

/** What people write where a host name belongs. */
function notAHost(written: string): Fault | null {
  const url = /^[a-z][a-z0-9+.-]*:\/\/([^/:]+)/i.exec(written);
  if (url !== null) return fault(`"${written}" is a URL`, `write only the name: ${url[1]}`);
  if (parseAddress(written.split('/')[0] ?? '') !== null)
    return fault(`"${written}" is an address, not a name`, `write: address: ${written}`);
  const port = /^([^:]+):(\d+)$/.exec(written);
  if (port !== null)
    return fault(
      `"${written}" has a port in it`,
      `write host: ${port[1]} and below it ports: [${port[2]}]`,
      `:${port[2]}`,
    );
  if (written.includes('*')) {
    return fault(
      `"${written}" has a * elsewhere than in front of a dot`,
      '*.example.cn covers all names below; for anything else use regex:',
      '*',
    );
  }
  if (/[\s/\\^$()[\]|?#@%,"']/.test(written)) {
    return fault(`"${written}" is not a host name`, 'letters, digits, - and . only; for an expression use regex:');
  }
  return null;
}

export function parseExpression(source: string): NamePattern | Fault {
  const wrong = checkExpression(source);
  return isFault(wrong) ? wrong : { kind: 'expression', source };
}

/** As an owner would write it. */
export function formatName(pattern: NamePattern): string {
  if (pattern.kind === 'expression') return pattern.source;
  return pattern.kind === 'below' ? `*.${pattern.name}` : pattern.name;
}
