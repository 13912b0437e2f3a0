import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { planOf } from '../daemon/gateway.ts';
import { chooseBackend, removeFirewall, showFirewall } from '../firewall/choose-backend.ts';
import { thisHost } from '../firewall/host.ts';
import type { FirewallPlan } from '../firewall/plan.ts';
import { readQueueStatus } from '../netfilter-queue/index.ts';
import { complain } from './complain.ts';
import { configOption } from './config-option.ts';
import { type GatewayPolicy, loadGatewayPolicy } from './gateway-policy.ts';

export function addFirewall(program: Command): void {
  const firewall = program
    .command('firewall')
    .description("the kernel's rules that hand undecided packets to chatgate");
  firewall
    .command('show')
    .description('print the rules that are in place; where there are none, those that would be')
    .addOption(configOption())
    .action(({ config }: { config?: string }) =>
      attempt(() => {
        const installed = showFirewall(thisHost);
        if (installed !== '') {
          process.stdout.write(installed);
          return;
        }
        withPlan(config, ({ settings }, plan) => {
          const backend = chooseBackend(thisHost, settings.firewall.backend, plan);
          process.stderr.write(`no rules are in place; these would be, by ${backend.name}:\n`);
          process.stdout.write(backend.render(plan));
        });
      }),
    );
  firewall
    .command('apply')
    .description('put the rules in place without a daemon: undecided traffic is stopped until one runs')
    .addOption(configOption())
    .action(({ config }: { config?: string }) =>
      attempt(() =>
        withPlan(config, ({ settings }, plan) => {
          const served = servedQueue(plan);
          if (served !== undefined) {
            throw new Error(
              `queue ${served} is served: a running chatgate puts its own rules in place, by the policy it ` +
                'started with.\n  To put a changed policy in force, restart it',
            );
          }
          const backend = chooseBackend(thisHost, settings.firewall.backend, plan);
          backend.apply(plan);
          process.stdout.write(`in place by ${backend.name}\n`);
        }),
      ),
    );
  firewall
    .command('remove')
    .description('take all rules of chatgate away: everything passes')
    .addOption(configOption())
    .action(() =>
      attempt(() => {
        const removed = removeFirewall(thisHost);
        process.stdout.write(removed.length === 0 ? 'there were none\n' : `removed from ${removed.join(' and ')}\n`);
      }),
    );
}

function withPlan(config: string | undefined, act: (policy: GatewayPolicy, plan: FirewallPlan) => void): void {
  const policy = loadGatewayPolicy(config);
  if (policy === null) {
    process.exitCode = 2;
    return;
  }
  act(policy, planOf({ ...policy, cores: availableParallelism() }));
}

/** Rules that fit another policy, tool or mark than the running gateway's would make nonsense of its verdicts. */
function servedQueue({ queues: { first, count } }: FirewallPlan): number | undefined {
  return Array.from({ length: count }, (_, index) => first + index).find((queue) => readQueueStatus(queue) !== null);
}

function attempt(act: () => void): void {
  try {
    act();
  } catch (error) {
    complain(error);
    process.exitCode = 1;
  }
}
