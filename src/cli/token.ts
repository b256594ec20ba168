/** `datamer token …` */
import type { Command } from 'commander';
import type { Role } from '../accounts/role.ts';
import { getTenantBySlug } from '../accounts/tenants.ts';
import { addToken } from '../accounts/tokens.ts';
import { acrossTenants } from '../db/transaction.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Context } from './context.ts';
import { roleOption } from './role-option.ts';
import { withDatabase } from './with-database.ts';

interface AddOptions {
  tenant: string;
  role: Role;
  name?: string;
  json?: boolean;
}

export function addTokenCommands(program: Command, context: Context): void {
  const token = program.command('token').description('bearer tokens for scripts');
  token
    .command('add')
    .description('make a token and print it once')
    .requiredOption('--tenant <slug>', 'the tenant')
    .addOption(roleOption())
    .option('--name <name>', 'what it is for')
    .option('--json', 'print one JSON document')
    .action(async (options: AddOptions) => {
      await withDatabase(context.settings(), async ({ dataSource }) => {
        const added = await acrossTenants(dataSource, async (tx) => {
          const tenant = await getTenantBySlug(tx, options.tenant);
          return addToken(tx, tenant.id, options, systemClock.now());
        });
        // Nothing else on stdout: scripts take the one long word that they find there.
        if (options.json) context.out(`${JSON.stringify({ token: added.token })}\n`);
        else context.out(`${added.token}\n`);
      });
    });
}
