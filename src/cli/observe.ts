import type { Command } from 'commander';
import { FrameLoop } from '../capture/frame-loop.ts';
import { openLive } from '../capture/live.ts';
import { compilePolicy } from '../classify/rules-in-force.ts';
import { VerdictLines } from '../daemon/verdict-lines.ts';
import { LogWriter } from '../log/writer.ts';
import { captureJudge } from './capture-judge.ts';
import { complain } from './complain.ts';
import { configOption } from './config-option.ts';
import { loadPolicy } from './load-policy.ts';

const SETTLED_IDLE_MS = 60_000;
const FLUSH_MS = 200;

export function addObserve(program: Command): void {
  program
    .command('observe')
    .description('watch an interface and say what would be decided, without touching anything')
    .requiredOption('-i, --interface <name>', 'the interface to watch')
    .option('-f, --filter <expression>', 'what to watch of it, as tcpdump takes it', '')
    .addOption(configOption())
    .action((options: { interface: string; filter: string; config?: string }) => observe(options));
}

async function observe(options: { interface: string; filter: string; config?: string }): Promise<void> {
  const policy = loadPolicy(options.config, 'use-default');
  if (policy === null) {
    process.exitCode = 2;
    return;
  }
  const log = new LogWriter({ file: null, stdout: true });
  // The frames tell the time of day.
  const lines = new VerdictLines({ unixMs: Date.now, judgeMs: Date.now }, (message) => {
    if (message.kind === 'lines') log.write(message.bytes, message.count);
  });
  const judge = captureJudge(compilePolicy(policy.settings, policy.packs), {
    settledIdleMs: SETTLED_IDLE_MS,
    report: 'as-given',
    onVerdict: (record) => lines.add(record),
  });
  const loop = new FrameLoop(judge, options.interface);
  try {
    const live = openLive(options.interface, options.filter, (frame) => loop.take(frame));
    complain(`watching ${options.interface}; Ctrl-C ends it`);
    const timer = setInterval(() => {
      judge.tick(Date.now());
      lines.flushIfDue();
    }, FLUSH_MS);
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    });
    clearInterval(timer);
    const { received, kernelDrops } = live.stats();
    live.close();
    judge.finish();
    lines.close();
    complain(`${received} frames seen, ${kernelDrops} missed`);
  } catch (error) {
    complain(error);
    process.exitCode = 1;
  } finally {
    await log.close();
  }
}
