/** The command line (contract §3): every command, its options, and how its outcome becomes an exit code. */
import { Command, CommanderError } from 'commander';
import { BadConfiguration, EXIT_BAD_CONFIGURATION, loadConfig } from '../config/load.ts';
import type { Settings } from '../config/schema.ts';
import { AppError } from '../kernel/errors.ts';
import { inPackage } from '../kernel/package-root.ts';
import fs from 'node:fs';
import { addBackupCommands } from './backup.ts';
import { addDoctorCommand } from './doctor.ts';
import { addEvalCommands } from './eval.ts';
import { addImportCommand } from './import.ts';
import { addLintMailCommand } from './lint-mail.ts';
import { addMailboxCommands } from './mailbox.ts';
import { addMigrateCommand } from './migrate.ts';
import { addServeCommand } from './serve.ts';
import { addTenantCommands } from './tenant.ts';
import { addTokenCommands } from './token.ts';
import { addUserCommands } from './user.ts';

export const EXIT_OK = 0;
export const EXIT_FAILED = 1;
export const EXIT_WRONG_USAGE = 2;

/** What commands may use of their surroundings; tests hand in their own. */
export interface Surroundings {
  environment: Record<string, string | undefined>;
  out: (text: string) => void;
  error: (text: string) => void;
  readStdin: () => Promise<string>;
}

export interface Context extends Surroundings {
  settings: () => Settings;
}

/** Runs one command. @returns the exit code */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const context: Context = { ...surroundings, settings: () => loadConfig(surroundings.environment) };
  try {
    await createProgram(context).parseAsync([...args], { from: 'user' });
    return EXIT_OK;
  } catch (error) {
    return report(error, surroundings);
  }
}

function createProgram(context: Context): Command {
  const program = new Command('datamer')
    .description('DevOps Alert Tamer: monitoring mail as events that people own')
    .version((JSON.parse(fs.readFileSync(inPackage('package.json'), 'utf8')) as { version: string }).version)
    .configureOutput({ writeOut: context.out, writeErr: context.error })
    .exitOverride();
  addServeCommand(program, context);
  addMigrateCommand(program, context);
  addDoctorCommand(program, context);
  addTenantCommands(program, context);
  addUserCommands(program, context);
  addTokenCommands(program, context);
  addMailboxCommands(program, context);
  addImportCommand(program, context);
  addLintMailCommand(program, context);
  addEvalCommands(program, context);
  addBackupCommands(program, context);
  return program;
}

/** A command that did its work and found that the answer is no, such as a failed mailbox test. */
export class CommandFailed extends Error {}

function report(error: unknown, { error: print }: Surroundings): number {
  if (error instanceof CommanderError) {
    // Help and version are printed by asking for them, and are no fault.
    return error.exitCode === 0 ? EXIT_OK : EXIT_WRONG_USAGE;
  }
  if (error instanceof BadConfiguration) {
    print(`${error.message}\n`);
    return EXIT_BAD_CONFIGURATION;
  }
  if (error instanceof CommandFailed) {
    if (error.message) print(`${error.message}\n`);
    return EXIT_FAILED;
  }
  const text =
    error instanceof AppError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  print(`datamer: ${text}\n`);
  return EXIT_FAILED;
}
