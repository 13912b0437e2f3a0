import { once } from 'node:events';
import { type Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { readVerdict } from '../log/eve-reader.ts';
import { complain } from './complain.ts';
import { configOption } from './config-option.ts';
import { followFile } from './follow-file.ts';
import { LineSplitter } from './line-splitter.ts';
import { loadPolicy } from './load-policy.ts';
import { canonicalAddress, isFiltering, matches, type VerdictFilter } from './verdict-filter.ts';
import { printable, verdictText } from './verdict-text.ts';

const STDIN = '-';
const DEFAULT_HISTORY = 10;

interface TailOptions {
  readonly file?: string;
  readonly config?: string;
  readonly lines: number;
  readonly follow: boolean;
  readonly drop?: true;
  readonly allow?: true;
  readonly host?: string;
  readonly client?: string;
  readonly rule?: string;
}

export function addTail(program: Command): void {
  program
    .command('tail')
    .description('show the verdict log for people, and follow it')
    .argument('[file]', 'the log; - reads standard input (default: the one the policy names)')
    .option('--file <file>', 'the same')
    .addOption(configOption())
    .option('-n, --lines <count>', 'how many lines to begin with', parseCount, DEFAULT_HISTORY)
    .option('--no-follow', 'end at the end of the file')
    .option('--drop', 'only what was dropped')
    .option('--allow', 'only what was allowed')
    .option('--host <text>', 'only servers with this in their name or address')
    .option('--client <address>', 'only this phone', parseAddress)
    .option('--rule <text>', 'only rules and reasons with this in them')
    .action(async (file: string | undefined, options: TailOptions) => {
      process.exitCode = await tail(file ?? options.file, options);
    });
}

/** Returns the exit status. Ctrl-C ends the process as it does any that follows a file. */
async function tail(named: string | undefined, options: TailOptions): Promise<number> {
  const file = named ?? logOfPolicy(options.config);
  if (file === null) return 2;
  const filter = filterOf(options);
  const output = new TailOutput(process.stdout);
  try {
    if (file === STDIN) await showStdin(filter, output);
    else await showFile(file, options, filter, output);
    return 0;
  } catch (error) {
    if (output.reader.aborted) return 0;
    complain(`cannot read ${file}: ${reasonOf(error)}`);
    return 1;
  }
}

function logOfPolicy(config: string | undefined): string | null {
  const policy = loadPolicy(config, 'use-default');
  if (policy === null) return null;
  const { file } = policy.settings.log;
  if (file === null) complain('the policy has no log file (log: file); name one: chatgate tail FILE');
  return file;
}

function filterOf({ drop, allow, host, client, rule }: TailOptions): VerdictFilter {
  const actions = [...(drop ? ['drop' as const] : []), ...(allow ? ['allow' as const] : [])];
  return { actions, host, client, rule };
}

async function showFile(file: string, options: TailOptions, filter: VerdictFilter, output: TailOutput): Promise<void> {
  const bundles = followFile(file, {
    history: options.lines,
    accept: (line) => isWanted(line, filter),
    follow: options.follow,
    signal: output.reader,
    onMissing: () => complain(`there is no ${file} yet; waiting for it`),
  });
  for await (const lines of bundles) await output.write(lines);
}

async function showStdin(filter: VerdictFilter, output: TailOutput): Promise<void> {
  const splitter = new LineSplitter();
  for await (const bytes of process.stdin) {
    await output.write(splitter.push(bytes).filter((line) => isWanted(line, filter)));
    if (output.reader.aborted) return;
  }
  await output.write(splitter.finish().filter((line) => isWanted(line, filter)));
}

function isWanted(line: string, filter: VerdictFilter): boolean {
  if (!isFiltering(filter)) return line !== '';
  const verdict = readVerdict(line);
  return verdict !== null && matches(verdict, filter);
}

/** Standard output, at the speed of its reader. */
class TailOutput {
  readonly #stream: NodeJS.WriteStream;
  readonly #colors: ReturnType<typeof pc.createColors>;
  readonly #gone = new AbortController();

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#colors = pc.createColors(wantsColor(stream));
    stream.on('error', () => this.#gone.abort());
  }

  /** Aborted once nobody reads any more (`| head`), which is no failure. */
  get reader(): AbortSignal {
    return this.#gone.signal;
  }

  async write(lines: readonly string[]): Promise<void> {
    if (lines.length === 0 || this.reader.aborted) return;
    const text = lines.map((line) => `${this.#textOf(line)}\n`).join('');
    if (!this.#stream.write(text)) await once(this.#stream, 'drain', { signal: this.reader });
  }

  #textOf(line: string): string {
    const verdict = readVerdict(line);
    return verdict === null ? printable(line) : verdictText(verdict, this.#colors);
  }
}

function wantsColor(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  return Boolean(FORCE_COLOR) || (stream.isTTY === true && TERM !== 'dumb');
}

function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a number of lines belongs here, e.g. 10');
  return Number(text);
}

function parseAddress(text: string): string {
  const address = canonicalAddress(text);
  if (address === null) throw new InvalidArgumentError('an IPv4 or IPv6 address belongs here, e.g. 10.42.0.7');
  return address;
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'permission denied; the log is for root and its group';
  return error instanceof Error ? error.message : String(error);
}
