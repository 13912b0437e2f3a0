import { setTimeout as sleep } from 'node:timers/promises';
import pc from 'picocolors';
import { FAMILIES, type Family } from '../test/gateway/rig/addresses.ts';
import { Chatgate, configure, logFile } from '../test/gateway/rig/chatgate.ts';
import { CHATGATE } from '../test/gateway/rig/compiled.ts';
import { spawnIn } from '../test/gateway/rig/namespaces.ts';
import { missingForGateway } from '../test/gateway/rig/requirements.ts';
import { makeRig, type Rig } from '../test/gateway/rig/rig.ts';
import { STORY } from './story.ts';
import { isRight, type Row, table } from './table.ts';

/** Long enough for the log to be written and shown. */
const LOG_MS = 300;
/** A Ctrl-C also ends the command that was being waited for, and may be heard of here a little later: it speaks first. */
const SIGNAL_MS = 100;

async function demo(): Promise<number> {
  const missing = missingForGateway();
  if (missing !== null) {
    process.stderr.write(`The demo cannot run here: ${missing}\n`);
    return 1;
  }
  say('Making a phone, a gateway, a provider and an internet out of network namespaces …');
  const rig = await makeRig({ masquerade: true });
  const daemon = await Chatgate.start(rig, configure(rig));
  say(`chatgate in the gateway: ${daemon.output.trim()}`);
  showLog(rig);
  const rows: Row[] = [];
  for (const { title, scenarios } of STORY) {
    process.stdout.write(`\n${pc.bold(title)}\n`);
    for (const scenario of scenarios) {
      say(scenario.name);
      const worked = new Map<Family, boolean>();
      for (const family of FAMILIES) worked.set(family, (await scenario.run(rig, family)).worked);
      rows.push({ scenario, worked });
      await sleep(LOG_MS);
    }
  }
  await daemon.stop();
  rig.remove();
  process.stdout.write(`\n${table(rows)}`);
  const wrong = rows.filter((row) => !isRight(row)).length;
  say(wrong === 0 ? 'All as it should be.' : `${wrong} of ${rows.length} not as it should be.`);
  return wrong === 0 ? 0 : 1;
}

/** The verdict log as an owner sees it, while it is written. The process ends with the rig. */
function showLog(rig: Rig): void {
  const args = [CHATGATE, 'tail', logFile(rig)];
  spawnIn(rig.gateway, process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] }).unref();
}

function say(text: string): void {
  process.stdout.write(`${pc.cyan('•')} ${text}\n`);
}

try {
  process.exitCode = await demo();
} catch (error) {
  await sleep(SIGNAL_MS);
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
