/** What a command prints and how it ends. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export function report({ stdout, stderr, exitCode }: CommandResult): void {
  if (stderr !== '') process.stderr.write(stderr);
  if (stdout !== '') process.stdout.write(stdout);
  process.exitCode = exitCode;
}
