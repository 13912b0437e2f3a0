import type { Network } from './network.ts';
import { outputIn } from './output-in.ts';

/** Bytes per second of one download by curl of a file's first `bytes`. @throws Error where not all of them came. */
export async function download({ client }: Network, url: string, bytes: number): Promise<number> {
  const range = `0-${bytes - 1}`;
  const told = '%{size_download} %{speed_download}';
  const args = ['-s', '-k', '-r', range, '-o', '/dev/null', '--max-time', '60', '-w', told, url];
  const text = await outputIn(client, 'curl', args);
  const [size, speed] = text.split(' ').map(Number);
  if (size !== bytes || speed === undefined) throw new Error(`${url}: ${text} instead of ${bytes} bytes`);
  return speed;
}
