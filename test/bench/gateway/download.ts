import { runToEnd } from '../../gateway/rig/run-to-end.ts';
import type { Network } from './network.ts';

/**
 * Bytes per second of one download by curl of a file's first `bytes`, from the first of them on: what comes before it is
 * no throughput but waiting. @throws Error where not all of them came.
 */
export async function download({ client }: Network, url: string, bytes: number): Promise<number> {
  const range = `0-${bytes - 1}`;
  const told = '%{size_download} %{time_starttransfer} %{time_total}';
  const args = ['-s', '-k', '-r', range, '-o', '/dev/null', '--max-time', '60', '-w', told, url];
  const { output: text } = await runToEnd(client, 'curl', args);
  const [size, firstSeconds, lastSeconds] = text.split(' ').map(Number);
  if (size !== bytes || firstSeconds === undefined || lastSeconds === undefined) {
    throw new Error(`${url}: ${text} instead of ${bytes} bytes`);
  }
  return bytes / (lastSeconds - firstSeconds);
}
