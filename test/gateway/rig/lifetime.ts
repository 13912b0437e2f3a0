/** What has to be undone when this process ends, whichever way it ends; the newest first. */
const undoings = new Set<() => void>();
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
let watching = false;

/**
 * Registers `undo`, which must be synchronous: it also runs while the process is exiting.
 * @returns a function that runs `undo` now; it never runs twice.
 */
export function undoAtEnd(undo: () => void): () => void {
  watch();
  const once = (): void => {
    if (undoings.delete(once)) undo();
  };
  undoings.add(once);
  return once;
}

function undoAll(): void {
  for (const undo of [...undoings].reverse()) {
    try {
      undo();
    } catch (error) {
      process.stderr.write(`clean-up: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

function watch(): void {
  if (watching) return;
  watching = true;
  process.on('exit', undoAll);
  for (const [signal, number] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      undoAll();
      process.exit(128 + number);
    });
  }
}
