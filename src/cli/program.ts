import { Command } from 'commander';

/** The exit status for a command line that cannot be understood. */
const USAGE_STATUS = 2;

/** In the order in which help shows them. Each is loaded when it is needed: most starts need one. */
export const COMMANDS: ReadonlyMap<string, () => Promise<(program: Command) => void>> = new Map([
  ['run', async () => (await import('./run.ts')).addRun],
  ['observe', async () => (await import('./observe.ts')).addObserve],
  ['replay', async () => (await import('./replay.ts')).addReplay],
  ['check', async () => (await import('./check.ts')).addCheck],
  ['explain', async () => (await import('./explain.ts')).addExplain],
  ['tail', async () => (await import('./tail.ts')).addTail],
  ['firewall', async () => (await import('./firewall.ts')).addFirewall],
]);

/** @param asked the first word of the command line; unless it is a command, the program has all of them. */
export async function chatgateProgram(asked: string | undefined, version: string): Promise<Command> {
  const program = new Command('chatgate')
    .description('Lets phones on a Wi-Fi hotspot chat, and nothing else.')
    .version(version, '-V, --version')
    .showHelpAfterError('(chatgate --help says what there is)')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true });
  const one = COMMANDS.get(asked ?? '');
  for (const load of one === undefined ? COMMANDS.values() : [one]) (await load())(program);
  exitWith(program);
  return program;
}

/** Mistakes on the command line end with their own status, so that scripts can tell them from failures. */
function exitWith(command: Command): void {
  command.exitOverride((error) => {
    throw error;
  });
  for (const child of command.commands) exitWith(child);
}

/** The exit status of what commander threw: help and version are no mistakes. */
export function statusOf(exitCode: number): number {
  return exitCode === 0 ? 0 : USAGE_STATUS;
}
