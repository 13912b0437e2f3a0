import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { readCapture } from '../capture/capture-file.ts';
import { FrameLoop } from '../capture/frame-loop.ts';
import { compilePolicy } from '../classify/rules-in-force.ts';
import type { VerdictRecord } from '../judge/verdict-record.ts';
import { eveWriter } from '../log/eve.ts';
import { captureJudge } from './capture-judge.ts';
import { complain } from './complain.ts';
import { configOption } from './config-option.ts';
import { loadPolicy } from './load-policy.ts';
import { OutputBuffer } from './output-buffer.ts';
import { progressOn } from './progress.ts';
import { ReplaySummary } from './replay-summary.ts';

/** A capture has no kernel that remembers what is settled. */
const SETTLED_IDLE_MS = 15 * 60_000;

export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('judge captured traffic: .pcap and .pcapng files')
    .argument('<file...>', 'captures')
    .option('--json', 'one JSON object a flow instead of a summary')
    .addOption(configOption())
    .action((files: string[], { json, config }: { json?: boolean; config?: string }) => {
      const policyData = loadPolicy(config, 'use-default');
      if (policyData === null) {
        process.exitCode = 2;
        return;
      }
      const policy = compilePolicy(policyData.settings, policyData.packs);
      const output = new OutputBuffer(process.stdout);
      for (const file of files) {
        const summary = new ReplaySummary();
        const writeLine = eveWriter({ pcapFilename: file });
        const onVerdict = (record: VerdictRecord) => {
          if (json === true) writeLine(output.line, record);
          else summary.add(record);
        };
        const judge = captureJudge(policy, { settledIdleMs: SETTLED_IDLE_MS, report: 'at-end', onVerdict });
        try {
          const progress = progressOn(process.stderr, file, () => statSync(file).size);
          const loop = new FrameLoop(judge, null);
          const read = readCapture(file, (frame) => loop.take(frame), progress.update);
          progress.done();
          judge.finish();
          if (json !== true) output.write(summary.text(file, read, loop));
          if (read.cutAt !== null) complain(`${file}: cut short at byte ${read.cutAt}; what was whole is judged`);
        } catch (error) {
          complain(error);
          process.exitCode = 1;
        }
      }
      output.flush();
    });
}
