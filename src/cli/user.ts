/** `datamer user …` */
import type { Command } from 'commander';
import type { Role } from '../accounts/role.ts';
import { getTenantBySlug } from '../accounts/tenants.ts';
import { addMember } from '../accounts/users.ts';
import { acrossTenants } from '../db/transaction.ts';
import { systemClock } from '../kernel/clock.ts';
import { CommandFailed, type Context } from './context.ts';
import { roleOption } from './role-option.ts';
import { withDatabase } from './with-database.ts';

interface AddOptions {
  tenant: string;
  role: Role;
  name?: string;
  passwordStdin?: boolean;
  json?: boolean;
}

export function addUserCommands(program: Command, context: Context): void {
  const user = program.command('user').description('people');
  user
    .command('add <email>')
    .description('add a person to a tenant')
    .requiredOption('--tenant <slug>', 'the tenant')
    .addOption(roleOption())
    .option('--name <name>', 'name shown to people')
    .requiredOption('--password-stdin', 'read the password from the first line of standard input')
    .option('--json', 'print one JSON document')
    .action(async (email: string, options: AddOptions) => {
      const password = (await context.readStdin()).split(/\r?\n/)[0] ?? '';
      if (!password) throw new CommandFailed('No password came in: write it to standard input.');
      await withDatabase(context.settings(), async ({ dataSource }) => {
        const member = await acrossTenants(dataSource, async (tx) => {
          const tenant = await getTenantBySlug(tx, options.tenant);
          return addMember(
            tx,
            tenant.id,
            { email, password, role: options.role, name: options.name },
            systemClock.now(),
          );
        });
        if (options.json)
          context.out(`${JSON.stringify({ id: member.id, email: member.email, role: member.role })}\n`);
        else context.out(`${member.email} added to ${options.tenant} as ${member.role}.\n`);
      });
    });
}
