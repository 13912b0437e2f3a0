import { addressOf, type Family } from './addresses.ts';
import type { Rig } from './rig.ts';

const WAIT_MS = 60;

/** Tries, again and again until told to stop, to get undecidable payload through to echo servers and back. */
export class LeakProbe {
  readonly #loops: Promise<void>[];
  #stopped = false;
  #tries = 0;
  readonly #leaks: string[] = [];

  constructor(rig: Rig, families: readonly Family[]) {
    this.#loops = families.flatMap((family) => [this.#overTcp(rig, family), this.#overUdp(rig, family)]);
  }

  /** What got through, and how often it was tried. */
  async stop(): Promise<{ tries: number; leaks: readonly string[] }> {
    this.#stopped = true;
    await Promise.all(this.#loops);
    return { tries: this.#tries, leaks: this.#leaks };
  }

  async #overTcp(rig: Rig, family: Family): Promise<void> {
    while (!this.#stopped) {
      const connection = await rig.phone.connect(addressOf('echo', family), 14000, WAIT_MS);
      if (connection.error !== null) continue;
      this.#tries += 1;
      const { bytes } = await connection.exchange(Buffer.from(`\xf0leak ${this.#tries}`, 'latin1'), 1, WAIT_MS);
      if (bytes.length > 0) this.#leaks.push(`${family} TCP, try ${this.#tries}`);
      await connection.close();
    }
  }

  async #overUdp(rig: Rig, family: Family): Promise<void> {
    while (!this.#stopped) {
      this.#tries += 1;
      const { bytes } = await rig.phone.datagram(addressOf('echo', family), 9999, Buffer.from('leak'), WAIT_MS);
      if (bytes.length > 0) this.#leaks.push(`${family} UDP, try ${this.#tries}`);
    }
  }
}
