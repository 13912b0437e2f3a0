import { parentPort, workerData } from 'node:worker_threads';
import { findGatewayPolicy } from './gateway-policy.ts';

/** Run as a thread with the value of `--config`: answers with what `findGatewayPolicy` finds, and is gone. */
parentPort?.postMessage(findGatewayPolicy(workerData));
