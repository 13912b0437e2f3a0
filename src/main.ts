#!/usr/bin/env node
import { CommanderError } from 'commander';
import { chatgateProgram, statusOf } from './cli/program.ts';

try {
  await chatgateProgram().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = statusOf(error.exitCode);
}
