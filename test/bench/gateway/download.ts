import type { Network } from './network.ts';
import { outputOf } from './wrk.ts';

/** Bytes per second of one download by curl. @throws Error where not all of it came. */
export async function download({ client }: Network, url: string, bytes: number): Promise<number> {
  const args = ['-s', '-k', '-o', '/dev/null', '--max-time', '60', '-w', '%{size_download} %{speed_download}', url];
  const text = await outputOf('ip', ['netns', 'exec', client, 'curl', ...args]);
  const [size, speed] = text.split(' ').map(Number);
  if (size !== bytes || speed === undefined) throw new Error(`${url}: ${text} instead of ${bytes} bytes`);
  return speed;
}
