import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Vitest would leave one processor to whoever watches. Gateway tests mostly wait, each in namespaces of its own.
    maxWorkers: '100%',
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/gateway/**', 'test/vm/**'] } },
      { test: { name: 'gateway', include: ['test/gateway/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
    ],
  },
});
