/** `datamer tenant …` */
import type { Command } from 'commander';
import { addTenant } from '../accounts/tenants.ts';
import { acrossTenants } from '../db/transaction.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Context } from './context.ts';
import { withDatabase } from './with-database.ts';

interface AddOptions {
  address: string;
  name?: string;
  timeZone?: string;
  json?: boolean;
}

export function addTenantCommands(program: Command, context: Context): void {
  const tenant = program.command('tenant').description('customers, each with mail addresses of their own');
  tenant
    .command('add <slug>')
    .description('add a tenant; mail to its address comes in')
    .requiredOption('--address <address>', 'mail address of the tenant')
    .option('--name <name>', 'name shown to people')
    .option('--time-zone <zone>', 'IANA time zone for reports, such as Europe/Berlin')
    .option('--json', 'print one JSON document')
    .action(async (slug: string, options: AddOptions) => {
      await withDatabase(context.settings(), async ({ dataSource }) => {
        const added = await acrossTenants(dataSource, (tx) =>
          addTenant(tx, { slug, ...options }, systemClock.now()),
        );
        if (options.json)
          context.out(`${JSON.stringify({ id: added.id, slug, address: options.address })}\n`);
        else context.out(`Tenant ${slug} added: mail to ${options.address} comes in.\n`);
      });
    });
}
