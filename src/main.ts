#!/usr/bin/env node
import { CommanderError } from 'commander';
import { chatgateProgram, statusOf } from './cli/program.ts';

try {
  const program = await chatgateProgram(process.argv[2]);
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = statusOf(error.exitCode);
}
