import type { Call, Message, Report, Request } from './agent-protocol.ts';
import { report } from './agent-protocol.ts';
import { runCrafted } from './craft/crafted-connection.ts';
import { Datagrams } from './datagrams.ts';
import { startServers } from './servers/start.ts';
import { Streams } from './streams.ts';

const streams = new Streams();
const datagrams = new Datagrams();

function carryOut(call: Call): Promise<Report> | Report {
  switch (call.op) {
    case 'connect':
      return streams.connect(call.id, call.address, call.port, call.timeoutMs);
    case 'write':
      return streams.write(call.id, call.bytes);
    case 'read':
      return streams.read(call.id, call.atLeast, call.timeoutMs);
    case 'close':
      streams.close(call.id);
      datagrams.close(call.id);
      return report({});
    case 'bind':
      return datagrams.bind(call.id, call.address, call.port);
    case 'datagram':
      return datagrams.send(call.id, call.address, call.port, call.bytes, call.timeoutMs);
    case 'craft':
      return runCrafted(call.run);
  }
}

function tell(message: Message): void {
  process.send?.(message);
}

async function main(): Promise<void> {
  const folder = process.argv[2];
  if (folder !== undefined) await startServers(folder);
  process.on('message', async (request: Request) => {
    let answer: Report;
    try {
      answer = await carryOut(request.call);
    } catch (error) {
      answer = report({ error: error instanceof Error ? error.message : String(error) });
    }
    tell({ kind: 'report', number: request.number, report: answer });
  });
  process.on('disconnect', () => process.exit(0));
  // A Ctrl-C in the terminal reaches every process; the rig's maker decides when this one ends.
  process.on('SIGINT', () => {});
  tell({ kind: 'ready' });
}

await main();
