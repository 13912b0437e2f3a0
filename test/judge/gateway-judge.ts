import { DISSECTORS } from '../../src/dissect/dissectors.ts';
import { ChatDevices } from '../../src/judge/chat-devices.ts';
import { Judge, type JudgeOptions } from '../../src/judge/judge.ts';

/** The same every time: nobody attacks the tables of a test. */
const SEED = 7;

/** A judge as a gateway has it: behind a kernel that lets some packets pass, and alone with its devices. */
export function gatewayJudge(options: Pick<JudgeOptions, 'policy' | 'onVerdict'> & Partial<JudgeOptions>): Judge {
  return new Judge({
    dissectors: DISSECTORS,
    devices: new ChatDevices(ChatDevices.memory()),
    seed: SEED,
    firstFlowId: 1,
    settledIdleMs: 1_000,
    seesHandshakes: false,
    report: 'as-given',
    ...options,
  });
}
