import { build } from 'rolldown';

/**
 * What is loaded at once, each in one file: the commands, and the threads of a gateway. To find and link a hundred
 * modules takes Node longer than all else a command or a thread does before its work. The bundles stand where the
 * compiler put what they are made of, so that the paths in them stay right.
 */
const COMMANDS = ['run', 'observe', 'replay', 'check', 'explain', 'tail', 'firewall'].map((name) => `cli/${name}.js`);
const THREADS = ['cli/policy-thread.js', 'daemon/worker.js'];

await build(
  [...COMMANDS, ...THREADS].map((file) => ({
    input: `dist/${file}`,
    platform: 'node',
    external: ['commander', 'koffi', 'pcap'],
    output: { file: `dist/${file}`, format: 'esm' },
  })),
);
