#!/usr/bin/env node
import { CommanderError } from 'commander';
import { chatgateProgram, statusOf } from './cli/program.ts';

// Whoever reads what is printed may have read enough: `chatgate --help | head`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = 1;
  });
}

try {
  const program = await chatgateProgram(process.argv[2]);
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = statusOf(error.exitCode);
}
