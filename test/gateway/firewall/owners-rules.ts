import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { runIn } from '../rig/namespaces.ts';
import { CHAT_PORT, UDP_PORT } from './kernel-flows.ts';

const IPTABLES = ['iptables-nft', 'ip6tables-nft', 'iptables-legacy', 'ip6tables-legacy'];
/** A port that no policy allows. */
export const OTHER_PORT = 9999;

/** Rules of the box's owner, beside ours. */
export class OwnersRules {
  readonly #gateway: string;

  /** @param gateway its namespace. */
  constructor(gateway: string) {
    this.#gateway = gateway;
  }

  /** A table of nft with these chains. */
  add(chains: readonly string[]): void {
    runIn(this.#gateway, 'nft', ['-f', '-'], `table inet other {\n${chains.join('\n')}\n}\n`);
  }

  /** The table that was added, as it stands with its counters. */
  list(): string {
    return runIn(this.#gateway, 'nft', ['list', 'table', 'inet', 'other']);
  }

  remove(): void {
    spawnSync('ip', ['netns', 'exec', this.#gateway, 'nft', 'delete', 'table', 'inet', 'other']);
  }

  /** Watches the gateway's way out, both ways, for what must not come that far; needs no answer to see it. */
  countLeaks(): void {
    this.add([
      'chain late { type filter hook postrouting priority 300;',
      `tcp dport ${OTHER_PORT} counter comment "to another port"`,
      `udp dport ${UDP_PORT} counter comment "a datagram"`,
      `tcp dport ${CHAT_PORT} tcp flags & psh == psh counter comment "what a connection carries"`,
      `oifname "wlan0" tcp dport ${CHAT_PORT} counter comment "from outside"`,
      'icmp type echo-request counter comment "an echo request"',
      'icmpv6 type echo-request counter comment "an echo request"',
      '}',
    ]);
  }

  /** What has come that far since. */
  leaks(): readonly string[] {
    const counted = [...this.list().matchAll(/counter packets (\d+) bytes \d+ comment "(.*)"/g)];
    expect(counted).toHaveLength(6);
    return counted.filter(([, packets]) => packets !== '0').map(([, , what = '']) => what);
  }

  /** In every place where ours may come to stand. */
  addEverywhere(): void {
    const remark = ['-m', 'comment', '--comment', 'not "chatgate: at all" -j chatgate'];
    for (const tool of IPTABLES) {
      for (const table of ['mangle', 'filter']) {
        for (const command of [
          ['-F', 'FORWARD'],
          ['-A', 'FORWARD', ...remark, '-j', 'ACCEPT'],
        ]) {
          spawnSync('ip', ['netns', 'exec', this.#gateway, tool, '-t', table, ...command]);
        }
      }
    }
    this.add(['chain forward { type filter hook forward priority 0; accept; }']);
  }

  /** Every rule in the gateway, ours too, by every tool; counters and times left out. */
  all(): string {
    const saves = IPTABLES.map(
      (tool) => spawnSync('ip', ['netns', 'exec', this.#gateway, `${tool}-save`], { encoding: 'utf8' }).stdout,
    );
    return [...saves, runIn(this.#gateway, 'nft', ['list', 'ruleset'])]
      .join('\n')
      .replace(/^#.*$/gm, '')
      .replace(/\[\d+:\d+\]|counter packets \d+ bytes \d+/g, '');
  }
}
