import { cpus, loadavg, release, totalmem } from 'node:os';

/** What the figures were taken on, and how busy it was: above one per core others were taking turns. */
export function machine() {
  const processors = cpus();
  return {
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    load: loadavg().map((load) => Number(load.toFixed(1))),
  };
}
