/** The command line (contract §3): every command, its options, and how its outcome becomes an exit code. */
import { Command, CommanderError } from 'commander';
import { BadConfiguration, EXIT_BAD_CONFIGURATION, loadConfig } from '../config/load.ts';
import { AppError } from '../kernel/errors.ts';
import { inPackage } from '../kernel/package-root.ts';
import { CommandFailed, type Context, type Surroundings } from './context.ts';
import fs from 'node:fs';

export const EXIT_OK = 0;
export const EXIT_FAILED = 1;
export const EXIT_WRONG_USAGE = 2;

type AddCommands = (program: Command, context: Context) => void;

/** What a command runs is loaded when it is asked for: to look at one mail takes neither a web server nor a database. */
const COMMANDS: readonly { names: readonly string[]; load: () => Promise<AddCommands> }[] = [
  { names: ['serve'], load: async () => (await import('./serve.ts')).addServeCommand },
  { names: ['migrate'], load: async () => (await import('./migrate.ts')).addMigrateCommand },
  { names: ['doctor'], load: async () => (await import('./doctor.ts')).addDoctorCommand },
  { names: ['tenant'], load: async () => (await import('./tenant.ts')).addTenantCommands },
  { names: ['user'], load: async () => (await import('./user.ts')).addUserCommands },
  { names: ['token'], load: async () => (await import('./token.ts')).addTokenCommands },
  { names: ['mailbox'], load: async () => (await import('./mailbox.ts')).addMailboxCommands },
  { names: ['import'], load: async () => (await import('./import.ts')).addImportCommand },
  { names: ['lint-mail'], load: async () => (await import('./lint-mail.ts')).addLintMailCommand },
  { names: ['eval'], load: async () => (await import('./eval.ts')).addEvalCommands },
  { names: ['backup', 'restore'], load: async () => (await import('./backup.ts')).addBackupCommands },
];

/** Runs one command. @returns the exit code */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const context: Context = { ...surroundings, settings: () => loadConfig(surroundings.environment) };
  try {
    const program = createProgram(context);
    for (const add of await loadCommands(args)) add(program, context);
    await program.parseAsync([...args], { from: 'user' });
    return EXIT_OK;
  } catch (error) {
    return report(error, surroundings);
  }
}

function createProgram(context: Context): Command {
  return new Command('datamer')
    .description('DevOps Alert Tamer: monitoring mail as events that people own')
    .version((JSON.parse(fs.readFileSync(inPackage('package.json'), 'utf8')) as { version: string }).version)
    .configureOutput({ writeOut: context.out, writeErr: context.error })
    .exitOverride();
}

/** The one that is asked for; all of them for help, and for a name that none has. */
async function loadCommands(args: readonly string[]): Promise<AddCommands[]> {
  const asked = args.find((arg) => !arg.startsWith('-'));
  const found = COMMANDS.filter(({ names }) => asked !== undefined && names.includes(asked));
  return Promise.all((found.length > 0 ? found : COMMANDS).map(({ load }) => load()));
}

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
