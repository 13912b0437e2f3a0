import { formatPrefix } from '../classify/address-prefix.ts';
import { formatPath } from '../classify/path-pattern.ts';
import { formatPorts } from '../classify/port-range.ts';
import type { Rule } from '../classify/rule.ts';

/** Two lines: the rule with what it allows, and where it stands and is known from. */
export function describeRule(rule: Rule): string {
  const apps = rule.apps === 'any' ? 'anything' : rule.apps.join(', ');
  const parts = [`${apps} on ${rule.ports.map(formatPorts).join(', ')}`];
  if (rule.addresses.length > 0) parts.push(`to ${rule.addresses.map(formatPrefix).join(', ')}`);
  if (rule.paths.length > 0) parts.push(`only ${rule.paths.map(formatPath).join(', ')}`);
  if (rule.names.length > 0) parts.push('and its lookups');
  return `  ${rule.id}: ${parts.join(' ')}\n    ${rule.file}:${rule.line}, known from ${rule.knownFrom}\n`;
}
