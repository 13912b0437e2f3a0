import { dirname, relative } from 'node:path';
import { build } from 'rolldown';
import { COMMANDS } from '../dist/cli/program.js';

/**
 * What is loaded at once, each in one file: to find and link a hundred modules takes Node longer than all else a
 * command or a thread does before its work. They are CommonJS, because for the first ES module Node makes ready a
 * loader that nothing else here needs. The bundles stand beside what they are made of, so that the paths in them stay
 * right.
 */
const ENTRIES = [
  'main',
  ...[...COMMANDS.keys()].map((name) => `cli/${name}`),
  // Loaded while a gateway's threads start.
  'cli/serve',
  'daemon/worker',
];

const bundleOf = (entry) => `dist/${entry}.cjs`;

/** Leaves an entry that another one loads later, or not at all, in its own bundle. */
const apart = (entry) => ({
  name: 'apart',
  async resolveId(source, importer, { kind }) {
    if (kind !== 'dynamic-import') return null;
    const { id } = await this.resolve(source, importer);
    const other = ENTRIES.find((one) => id.endsWith(`/dist/${one}.js`));
    if (other === undefined) throw new Error(`${id} is loaded later and has no bundle`);
    return { id: `./${relative(dirname(bundleOf(entry)), bundleOf(other))}`, external: true };
  },
});

await build(
  ENTRIES.map((entry) => ({
    input: `dist/${entry}.js`,
    platform: 'node',
    external: ['commander', 'koffi', 'pcap'],
    plugins: [apart(entry)],
    output: { file: bundleOf(entry), format: 'cjs', codeSplitting: false, dynamicImportInCjs: false },
  })),
);
