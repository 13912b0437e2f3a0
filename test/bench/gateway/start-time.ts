import { fileURLToPath } from 'node:url';
import { startDaemon } from '../../gateway/rig/daemon.ts';
import { removeRules, startChatgate } from './chatgate.ts';
import { HTTP_NAME, type Network, SERVER } from './network.ts';

const PROBE = fileURLToPath(new URL('./probe-main.js', import.meta.url));

/**
 * From starting the daemon to the first answer a phone gets through it. The rules of an earlier run stand, so that
 * nothing passes in between.
 */
export async function startToFirstVerdictMs(network: Network): Promise<{ readyMs: number; firstVerdictMs: number }> {
  const earlier = await startChatgate(network);
  await earlier.stop();
  const probe = await startDaemon(network.client, process.execPath, [PROBE, SERVER, HTTP_NAME], /^trying$/m);
  const begun = Date.now();
  const daemon = await startChatgate(network);
  const readyMs = Date.now() - begun;
  await probe.ended;
  await daemon.stop();
  removeRules(network);
  return { readyMs, firstVerdictMs: Number(probe.output.trim().split('\n').at(-1)) - begun };
}
