import { build } from 'rolldown';
import { COMMANDS } from '../dist/cli/program.js';

/**
 * What is loaded at once, each in one file: the commands, and a gateway's threads. To find and link a hundred
 * modules takes Node longer than all else a command or a thread does before its work. The bundles stand where the
 * compiler put what they are made of, so that the paths in them stay right.
 */
const FILES = [...[...COMMANDS.keys()].map((name) => `cli/${name}.js`), 'daemon/worker.js'];

await build(
  FILES.map((file) => ({
    input: `dist/${file}`,
    platform: 'node',
    external: ['commander', 'koffi', 'pcap'],
    output: { file: `dist/${file}`, format: 'esm', codeSplitting: false },
  })),
);
