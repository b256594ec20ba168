/** `datamer migrate`: brings the schema up to date, first or at any time. */
import type { Command } from 'commander';
import { openDatabase } from '../db/data-source.ts';
import { migrate } from '../db/migrate.ts';
import type { Context } from './context.ts';

export function addMigrateCommand(program: Command, context: Context): void {
  program
    .command('migrate')
    .description('bring the database schema up to date')
    .option('--json', 'print one JSON document')
    .action(async ({ json }: { json?: boolean }) => {
      const database = await openDatabase(context.settings(), () => undefined);
      try {
        const ran = await migrate(database.dataSource, database.isEmbedded);
        if (json) context.out(`${JSON.stringify({ ran })}\n`);
        else context.out(ran.length > 0 ? `Ran: ${ran.join(', ')}\n` : 'The schema is up to date.\n');
      } finally {
        await database.close();
      }
    });
}
