/** `datamer backup FILE` and `datamer restore FILE`, while `serve` is down. */
import type { Command } from 'commander';
import { loadSecretKey } from '../config/secret-key.ts';
import { readBackup, writeBackup, type BackupCounts } from '../db/backup.ts';
import type { Context } from './context.ts';
import { withDatabase } from './with-database.ts';

export function addBackupCommands(program: Command, context: Context): void {
  program
    .command('backup <file>')
    .description('write everything into one new file; keep the secret key with it')
    .option('--json', 'print one JSON document')
    .action((file: string, options: { json?: boolean }) =>
      run(context, options, 'written to', file, writeBackup),
    );
  program
    .command('restore <file>')
    .description('read a backup into an empty database or data folder, with the same secret key')
    .option('--json', 'print one JSON document')
    .action((file: string, options: { json?: boolean }) =>
      run(context, options, 'restored from', file, readBackup),
    );
}

async function run(
  context: Context,
  options: { json?: boolean },
  done: string,
  file: string,
  work: typeof writeBackup,
): Promise<void> {
  const settings = context.settings();
  await withDatabase(settings, async ({ dataSource }) => {
    const counts: BackupCounts = await work(dataSource, file, loadSecretKey(settings));
    if (options.json) context.out(`${JSON.stringify({ file, ...counts })}\n`);
    else context.out(`${counts.rows} rows of ${counts.tables} tables ${done} ${file}.\n`);
  });
}
