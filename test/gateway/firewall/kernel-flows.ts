import { spawnSync } from 'node:child_process';
import type { FlowState } from '../../../src/judge/flow-state.ts';
import { addressOf, type Family, phoneAddress } from '../rig/addresses.ts';
import type { Connection } from '../rig/agent.ts';
import { runIn } from '../rig/namespaces.ts';
import type { Rig } from '../rig/rig.ts';
import { PLAN } from './variants.ts';

export const CHAT_PORT = 8080;
export const UDP_PORT = 443;
/** Says nothing that could be recognised, and is echoed. */
export const HELLO = Buffer.from('hello');
/** How long to wait for what must not come. */
export const SILENCE_MS = 300;

type Connected = { readonly localPort: number };

/** The flows from the phone to the echo server, as the gateway's connection tracking knows them. */
export class KernelFlows {
  readonly #rig: Rig;

  constructor(rig: Rig) {
    this.#rig = rig;
  }

  connect(family: Family): Promise<Connection> {
    return this.#rig.phone.mustConnect(addressOf('echo', family), CHAT_PORT);
  }

  /** What the kernel tracks of a connection, a line of text; empty once it tracks it no more. */
  lineOf(family: Family, { localPort }: Connected): string {
    return this.#conntrack(family, '-L', ...theFlow(family, localPort));
  }

  markOf(family: Family, connection: Connected): number {
    const flow = this.lineOf(family, connection);
    const mark = / mark=(\d+)/.exec(flow)?.[1];
    if (mark === undefined) throw new Error(`not tracked, or without a mark: "${flow}"`);
    return Number(mark);
  }

  stateOf(family: Family, connection: Connected): number {
    return (this.markOf(family, connection) & PLAN.marks.stateMask) >>> PLAN.marks.shift;
  }

  setState(family: Family, { localPort }: Connected, state: FlowState): void {
    this.#conntrack(family, '-U', ...theFlow(family, localPort), '--mark', `${bits(state)}/${hex(PLAN.marks.mask)}`);
  }

  /** The connections that the kernel has been told to expect, a line of text each. */
  announced(family: Family): string {
    return this.#conntrack(family, '-L', 'expect');
  }

  /** Has the kernel track datagrams that were never sent. */
  insert(family: Family, sourcePort: number, state: FlowState): void {
    const from = ['-s', phoneAddress(family), '--sport', `${sourcePort}`];
    const to = ['-d', addressOf('echo', family), '--dport', `${UDP_PORT}`];
    runIn(this.#rig.gateway, 'conntrack', ['-I', '-p', 'udp', ...from, ...to, '-t', '60', '--mark', bits(state)]);
  }

  forget(): void {
    spawnSync('ip', ['netns', 'exec', this.#rig.gateway, 'conntrack', '-F']);
  }

  #conntrack(family: Family, ...args: readonly string[]): string {
    return runIn(this.#rig.gateway, 'conntrack', [...args, '-f', family.toLowerCase()]);
  }
}

function theFlow(family: Family, localPort: number): readonly string[] {
  return ['-p', 'tcp', '-d', addressOf('echo', family), '--sport', `${localPort}`];
}

/** A state as it stands in a mark. */
export function bits(state: FlowState): string {
  return hex(state << PLAN.marks.shift);
}

export function hex(mark: number): string {
  return `0x${(mark >>> 0).toString(16)}`;
}
