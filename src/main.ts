#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { chatgateProgram, statusOf } from './cli/program.ts';

// Whoever reads what is printed may have read enough: `chatgate --help | head`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = 1;
  });
}

async function main(): Promise<void> {
  try {
    const program = await chatgateProgram(process.argv[2], version());
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = statusOf(error.exitCode);
  }
}

/** Of this program; the file stands above it in the checkout, built and installed. */
function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const read: unknown = JSON.parse(text);
  const isNamed = typeof read === 'object' && read !== null && 'version' in read;
  return isNamed ? String(read.version) : 'unknown';
}

main();
