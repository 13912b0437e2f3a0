import type { Policy } from '../classify/policy.ts';
import { DISSECTORS } from '../dissect/dissectors.ts';
import { ChatDevices } from '../judge/chat-devices.ts';
import { Judge, type JudgeOptions } from '../judge/judge.ts';

/** The same every time, so that a capture has the same verdicts every time; nobody attacks the table of a capture. */
const SEED = 1;

/** A judge of captured packets, which no kernel holds for its verdicts. */
export function captureJudge(
  policy: Policy,
  options: Pick<JudgeOptions, 'settledIdleMs' | 'report' | 'onVerdict'>,
): Judge {
  return new Judge({
    ...options,
    policy,
    dissectors: DISSECTORS,
    devices: new ChatDevices(ChatDevices.memory()),
    seed: SEED,
    firstFlowId: 1,
    seesHandshakes: true,
  });
}
