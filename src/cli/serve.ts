/** `datamer serve`: runs until SIGTERM or SIGINT. */
import type { Command } from 'commander';
import { startApp } from '../app/app.ts';
import { Ending } from '../kernel/ending.ts';
import { createLog } from '../kernel/log.ts';
import { CommandFailed, type Context } from './context.ts';

export function addServeCommand(program: Command, context: Context): void {
  program
    .command('serve')
    .description('run DaTamer: doors, triage, watchdog, pages')
    .action(() => serve(context));
}

async function serve(context: Context): Promise<void> {
  const settings = context.settings();
  const log = createLog(settings.DATAMER_LOG.level, settings.DATAMER_LOG.format);
  // Listening before anything is started: a signal during the start is not lost.
  const ending = new Ending();
  const app = await startApp(settings, log, {
    onDeath: (reason) => {
      ending.end(
        new CommandFailed(`The embedded database ended (${reason}). Start again: nothing stored is lost.`),
      );
    },
  });
  if (app.setupUrl) {
    context.out(`\nThis installation is empty. Set it up here:\n\n  ${app.setupUrl}\n\n`);
  }
  context.out(`datamer ready http=${app.httpPort} smtp=${app.smtpPort}\n`);
  const failure = await ending.wait();
  log.info('stopping');
  await app.stop();
  if (failure) throw failure;
}
