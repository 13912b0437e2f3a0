import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { WorkerPool, workersUntold } from '../daemon/worker-pool.ts';
import { configOption } from './config-option.ts';

export function addRun(program: Command): void {
  program
    .command('run')
    .description('enforce the policy: judge what phones send and let only chat pass')
    .addOption(configOption())
    .action(async ({ config }: { config?: string }) => {
      // The workers load while this thread does, reads the policy and finds out what works on this box.
      const pool = new WorkerPool(workersUntold(availableParallelism()));
      try {
        const { serve } = await import('./serve.ts');
        process.exitCode = await serve(config, pool);
      } finally {
        await pool.stop();
      }
    });
}
