/**
 * `npm run demo`: the real thing on the embedded database, with a mail server in memory and the story of a small web
 * shop. A later start goes on from what the demo left in its data folder.
 */
import net from 'node:net';
import { startApp } from '../app/app.ts';
import { BadConfiguration, EXIT_BAD_CONFIGURATION, loadConfig } from '../config/load.ts';
import { loadSecretKey } from '../config/secret-key.ts';
import { ROLES, type PortSetting, type Settings } from '../config/schema.ts';
import { between, SECOND, systemClock } from '../kernel/clock.ts';
import { Ending } from '../kernel/ending.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import { createLog, type Log } from '../kernel/log.ts';
import { StopStack } from '../kernel/stop-stack.ts';
import { ADMIN, passwordFor } from './cast.ts';
import { goOn } from './go-on.ts';
import { startMailServer } from './mail-server.ts';
import { openNoticeSink } from './notice-sink.ts';
import { prepare } from './prepare.ts';
import { DEMO_ADDRESS } from './story/write-mail.ts';

const EXIT_FAILED = 1;

// A database that was left in the making would keep the process.
process.exit(await run());

async function run(): Promise<number> {
  // Before anything is started: a signal during the start is not lost.
  const ending = new Ending();
  try {
    const settings = readSettings();
    const log = createLog(settings.DATAMER_LOG.level, settings.DATAMER_LOG.format);
    const stack = new StopStack(log);
    try {
      await demonstrate(settings, log, stack, ending);
    } finally {
      await stack.stopAll();
    }
    return 0;
  } catch (error) {
    // Cut off in the middle of preparing by a signal: that is what was asked for.
    if (error === ending.signal.reason || (error as Error).name === 'AbortError') return 0;
    process.stderr.write(`${describeError(error)}\n`);
    return error instanceof BadConfiguration ? EXIT_BAD_CONFIGURATION : EXIT_FAILED;
  }
}

/** A folder of its own, always the embedded database, everything in this process: the demo touches nothing else. */
function readSettings(): Settings {
  const { env } = process;
  const settings = loadConfig({
    ...env,
    DATAMER_DATA_DIR: env['DATAMER_DATA_DIR'] ?? './data/demo',
    DATAMER_LOG: env['DATAMER_LOG'] ?? 'warn',
  });
  return { ...settings, DATABASE_URL: null, DATAMER_ROLES: [...ROLES] };
}

async function demonstrate(settings: Settings, log: Log, stack: StopStack, ending: Ending): Promise<void> {
  await requireFree(settings.DATAMER_HTTP_PORT, 'DATAMER_HTTP_PORT');
  await requireFree(settings.DATAMER_SMTP_PORT, 'DATAMER_SMTP_PORT');
  const startedAt = systemClock.now();
  const secretKey = loadSecretKey(settings);
  const account = { username: DEMO_ADDRESS, password: passwordFor(secretKey, 'mailbox') };
  const sink = await openNoticeSink();
  stack.push('notice sink', sink.close);
  const server = await startMailServer(account, Math.floor(startedAt.getTime() / SECOND));
  stack.push('mail server', server.close);
  const local = { ...settings, DATAMER_SMTP_OUT_URL: sink.url };

  say('Three weeks of monitoring mail of a small web shop are being read. This takes some seconds.');
  const prepared = await prepare(local, server, account, log, ending.signal, showProgress());
  const app = await startApp(local, log, {
    onDeath: (reason) => {
      ending.end(new Error(`The embedded database ended (${reason}). Start again: nothing is lost.`));
    },
  });
  stack.push('app', app.stop);
  const story = goOn(app.parts, prepared, server);
  stack.push('story', () => story.stop());

  const seconds = Math.round(between(startedAt, systemClock.now()) / SECOND);
  say(`Ready after ${seconds} s. What there is to see: docs/demo.md. End it with Ctrl-C.\n`);
  say(`address: ${app.parts.addresses().baseUrl}`);
  say(`login: ${ADMIN}  password: ${passwordFor(secretKey, 'ada')}`);
  say(`datamer ready http=${app.httpPort} smtp=${app.smtpPort}`);
  const failure = await ending.wait();
  if (failure) throw failure;
}

/** Better known now than after the mail has been read. */
async function requireFree(port: PortSetting, setting: string): Promise<void> {
  if (port === 'off' || port === 0) return;
  const probe = net.createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(port, () => probe.close(() => resolve()));
  }).catch((error: unknown) => {
    throw new AppError(
      `Port ${port} cannot be used: ${describeError(error)}. ` +
        `End the program that uses it, or choose another port: ${setting}=0 npm run demo picks a free one.`,
      { code: 'port-taken', cause: error },
    );
  });
}

function showProgress(): (share: number) => void {
  let shown = 0;
  return (share) => {
    const quarter = Math.floor(share * 4);
    if (quarter <= shown) return;
    shown = quarter;
    say(`  ${quarter * 25} %`);
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
