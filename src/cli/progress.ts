/** A file that is read in less time than this needs no progress. */
const QUIET_MS = 500;
const SHOW_EVERY_MS = 100;

export interface Progress {
  update(bytesRead: number): void;
  done(): void;
}

/** Shows on a terminal how much of a file has been read, once it takes long; nothing where nobody watches. */
export function progressOn(stream: NodeJS.WriteStream, name: string, size: () => number): Progress {
  if (!stream.isTTY) return { update: () => {}, done: () => {} };
  const startedAtMs = performance.now();
  const totalBytes = size();
  let shownAtMs = startedAtMs + QUIET_MS - SHOW_EVERY_MS;
  let isShown = false;
  return {
    update(bytesRead) {
      const nowMs = performance.now();
      if (nowMs - shownAtMs < SHOW_EVERY_MS) return;
      shownAtMs = nowMs;
      isShown = true;
      stream.write(`\r${name}: ${Math.floor((100 * bytesRead) / Math.max(1, totalBytes))} %\x1b[K`);
    },
    done() {
      if (isShown) stream.write('\r\x1b[K');
    },
  };
}
