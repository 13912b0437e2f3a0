import { Option } from 'commander';

export const POLICY_FILE = '/etc/chatgate/chatgate.yaml';

/** `--config FILE`, as every command has it. */
export function configOption(): Option {
  return new Option('-c, --config <file>', 'the policy file').default(undefined, POLICY_FILE);
}
