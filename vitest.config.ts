import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Vitest would leave one processor to whoever watches.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/gateway/**', 'test/vm/**'],
          // Properties take seconds, and three times as many on a slow day.
          testTimeout: 30_000,
          // To load what they test anew for each file takes a third of the time; they leave nothing behind.
          isolate: false,
        },
      },
      {
        test: {
          name: 'gateway',
          include: ['test/gateway/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // They wait half of the time, each in namespaces of its own.
          maxWorkers: Math.ceil(1.5 * availableParallelism()),
        },
      },
      {
        test: {
          // What changes the machine it runs on, in one that is thrown away: see test/vm/run.
          name: 'throw-away',
          include: ['test/vm/**/*.test.ts'],
        },
      },
    ],
  },
});
