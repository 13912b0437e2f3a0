import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { requestNfnetlink } from '../netfilter-queue/index.ts';

export interface CommandResult {
  /** Null: no such program. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The box whose firewall is asked: everything this room knows of the outside. */
export interface Host {
  /** Runs a program to its end; `input` is its standard input. */
  run(command: string, args: readonly string[], input?: string): CommandResult;
  /**
   * Hands the kernel a datagram of nfnetlink messages; the errnos it answers with, 0 for what is acknowledged.
   * @throws Error where the kernel cannot be asked.
   */
  requestNfnetlink(datagram: Uint8Array): readonly number[];
  /** The names of the tables that iptables' legacy variant keeps, of either family; null where that is not told. */
  legacyTables(): readonly string[] | null;
  /** As `uname -r` says it, e.g. `6.1.0-18-amd64`. */
  kernelRelease(): string;
  /** Whether packets can travel over IPv6 here at all. */
  speaksIpv6(): boolean;
}

/** No firewall tool takes this long; a hanging one must not hang the gateway's start for ever. */
const COMMAND_LIMIT_MS = 20_000;
/** A box with tens of thousands of rules lists them in some megabytes. */
const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

export const thisHost: Host = {
  run(command, args, input = '') {
    const done = spawnSync(command, args, {
      input,
      encoding: 'utf8',
      timeout: COMMAND_LIMIT_MS,
      maxBuffer: OUTPUT_LIMIT_BYTES,
      env: { ...process.env, LC_ALL: 'C', PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
    });
    if (done.error !== undefined && 'code' in done.error && done.error.code === 'ENOENT') {
      return { exitCode: null, stdout: '', stderr: '' };
    }
    const trouble = done.error === undefined ? '' : `${done.error.message}\n`;
    return { exitCode: done.status ?? 1, stdout: done.stdout, stderr: trouble + done.stderr };
  },

  requestNfnetlink: (datagram) => requestNfnetlink(datagram).map(({ errorNumber }) => errorNumber),

  legacyTables() {
    const files = ['/proc/net/ip_tables_names', '/proc/net/ip6_tables_names'].filter((file) => existsSync(file));
    try {
      return files.flatMap((file) => readFileSync(file, 'latin1').split('\n'));
    } catch {
      return null;
    }
  },

  kernelRelease: () => release(),

  speaksIpv6() {
    return existsSync('/proc/net/if_inet6');
  },
};
