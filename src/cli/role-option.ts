import { Option } from 'commander';
import { ROLES } from '../accounts/role.ts';

/** `--role`, the same for people and tokens. */
export function roleOption(): Option {
  return new Option('--role <role>', 'what they may do').choices(ROLES).makeOptionMandatory();
}
