import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
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
  const probe = spawn('ip', ['netns', 'exec', network.client, process.execPath, PROBE, SERVER, HTTP_NAME], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(probe.stdout, 'data');
  let answeredAt = Number.NaN;
  probe.stdout.on('data', (text: Buffer) => {
    answeredAt = Number(text.toString());
  });
  const begun = Date.now();
  const daemon = await startChatgate(network);
  const readyMs = Date.now() - begun;
  await once(probe, 'close');
  await daemon.stop();
  removeRules(network);
  return { readyMs, firstVerdictMs: answeredAt - begun };
}
