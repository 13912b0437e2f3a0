import { build } from 'rolldown';

/**
 * What a gateway's start waits for, each thread in one file: to find and link a hundred modules takes Node longer than
 * all else a thread does before it can judge. The bundles stand where the compiler put what they are made of, so that
 * the paths in them stay right.
 */
const THREADS = ['cli/run.js', 'cli/policy-thread.js', 'daemon/worker.js'];

await build(
  THREADS.map((file) => ({
    input: `dist/${file}`,
    platform: 'node',
    external: ['commander', 'koffi'],
    output: { file: `dist/${file}`, format: 'esm' },
  })),
);
