/** One line on standard error for the person at the terminal. */
export function complain(trouble: unknown): void {
  process.stderr.write(`chatgate: ${trouble instanceof Error ? trouble.message : String(trouble)}\n`);
}
