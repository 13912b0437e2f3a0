// Runs inside a network namespace: `node nfnetlink-in-namespace.mjs <messages in hexadecimal>`; prints the errnos.
import { stdout } from 'node:process';
import { requestNfnetlink } from '../../../dist/netfilter-queue/index.js';

const answers = requestNfnetlink(Buffer.from(process.argv[2], 'hex'));
stdout.write(JSON.stringify(answers.map(({ errorNumber }) => errorNumber)));
