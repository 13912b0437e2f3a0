import { Worker } from 'node:worker_threads';
import type { GatewayPolicyOrComplaint } from './gateway-policy.ts';

/** Where the compiled program has it: Node 20 does not read TypeScript. */
const THREAD = new URL('./policy-thread.js', import.meta.url);

/**
 * What `findGatewayPolicy` finds, found by a thread that is gone afterwards: YAML, its checks and the compiled policy
 * take a dozen megabytes, which a gateway that runs for months needs for a tenth of a second.
 */
export function findInThread(config: string | undefined, thread = THREAD): Promise<GatewayPolicyOrComplaint> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(thread, { workerData: config });
    worker.once('message', (found: GatewayPolicyOrComplaint) => resolve(found));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the policy's reader ended with code ${code}`)));
  });
}
