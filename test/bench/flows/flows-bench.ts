import type { BenchOptions } from '../bench-options.ts';
import type { Sheet } from '../report/sheet.ts';
import { benchFlowMemory } from './flow-memory.ts';

export async function benchFlows(_options: BenchOptions): Promise<readonly Sheet[]> {
  return [benchFlowMemory()];
}
