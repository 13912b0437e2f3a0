import type { BenchOptions } from '../bench-options.ts';
import type { Sheet } from '../report/sheet.ts';
import { benchFlood } from './flood.ts';
import { benchFlowMemory } from './flow-memory.ts';

export async function benchFlows(options: BenchOptions): Promise<readonly Sheet[]> {
  return [benchFlowMemory(), await benchFlood(options)];
}
