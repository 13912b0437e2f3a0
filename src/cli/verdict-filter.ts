import ipaddr from 'ipaddr.js';
import type { LoggedVerdict } from '../log/eve-reader.ts';

/** What a person wants to see; everything that is given has to hold. */
export interface VerdictFilter {
  readonly actions: readonly LoggedVerdict['action'][];
  /** A part of the server's name or address. */
  readonly host?: string | undefined;
  /** The client's address. */
  readonly client?: string | undefined;
  /** A part of the rule or the reason. */
  readonly rule?: string | undefined;
}

export function matches(verdict: LoggedVerdict, { actions, host, client, rule }: VerdictFilter): boolean {
  return (
    (actions.length === 0 || actions.includes(verdict.action)) &&
    (client === undefined || canonicalAddress(verdict.client) === client) &&
    (host === undefined || contains(verdict.name, host) || contains(verdict.server, host)) &&
    (rule === undefined || contains(verdict.rule, rule) || contains(verdict.reason, rule))
  );
}

/** Whether it asks for anything: then lines that are no verdicts have no place. */
export function isFiltering({ actions, host, client, rule }: VerdictFilter): boolean {
  return actions.length > 0 || host !== undefined || client !== undefined || rule !== undefined;
}

/** One spelling for every spelling of an address; null where it is none. */
export function canonicalAddress(text: string): string | null {
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : null;
}

function contains(text: string | null, part: string): boolean {
  return text?.toLowerCase().includes(part.toLowerCase()) ?? false;
}
