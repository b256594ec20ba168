/**
 * The work list and a claim at 100,000 events, a tenth of them open, as a browser and a script get them; and the
 * process's resident memory after its start and after the questions.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BrowserSession, PASSWORD } from '../test/support/browser-session.ts';
import { runProgram, Serve, type Environment } from '../test/support/program.ts';
import { openBenchDatabases } from './support/databases.ts';
import { describeMs } from './support/percentile.ts';
import { residentMb } from './support/process-figures.ts';

const EVENTS = Number(process.argv[2] ?? 100_000);
const TIMES = 100;
const SEVERITIES = ['critical', 'warn', 'info'];

const mbox = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-bench-events-')), 'events.mbox');
writeHistory(mbox);
for (const database of await openBenchDatabases()) {
  const environment: Environment = {
    DATAMER_DATA_DIR: database.folder,
    ...(database.url ? { DATABASE_URL: database.url } : {}),
  };
  await runProgram(['tenant', 'add', 'bench', '--address', 'bench@example.com'], environment);
  await runProgram(
    ['user', 'add', 'ana@bench.example', '--tenant', 'bench', '--role', 'engineer', '--password-stdin'],
    environment,
    PASSWORD,
  );
  const imported = await runProgram(['import', '--tenant', 'bench', mbox, '--json'], environment);
  if (imported.code !== 0) throw new Error(`the import failed: ${imported.stderr}`);
  process.stdout.write(`${database.name}: ${imported.stdout.trim()}\n`);
  const serve = await Serve.start(environment);
  const startRss = residentMb(serve.pid);
  const ana = await BrowserSession.signIn(serve.baseUrl, 'ana@bench.example', PASSWORD);
  for (const page of [
    '/',
    '/events',
    '/events?interest=all&q=host4711',
    '/events?interest=all&org=shop.part3',
  ])
    report(`GET ${page}`, await timesOf(async () => expectStatus(await ana.get(page), 200)));
  const aged = await expectStatus(await ana.get('/events?interest=all'), 200);
  const [, eventId = ''] = /data-event="([^"]+)"/.exec(aged) ?? [];
  report('GET /events/{id}, with its history', await timesOf(async () => ana.get(`/events/${eventId}`)));
  report('claim', await claims(ana));
  process.stdout.write(
    `${'resident memory'.padEnd(44)} ${startRss} MB after start, ${residentMb(serve.pid)} MB now\n`,
  );
  await serve.terminate();
  database.remove();
}
process.exit(0);

/** A fault of every host, and for nine of ten its end. */
function writeHistory(file: string): void {
  const start = Date.UTC(2026, 0, 1);
  const output = fs.openSync(file, 'w');
  for (let index = 0; index < EVENTS; index += 1) {
    fs.writeSync(output, entry(index, 'PROBLEM', new Date(start + index * 10_000)));
    if (index % 10 !== 0)
      fs.writeSync(output, entry(index, 'RECOVERY', new Date(start + index * 10_000 + 5000)));
  }
  fs.closeSync(output);
}

function entry(index: number, word: string, at: Date): string {
  const host = `host${index}.part${index % 40}.example`;
  const tags = `:${SEVERITIES[index % 3] ?? 'info'}: :org:shop.part${index % 40}: :svr:${host}:`;
  return (
    `From monitor@${host} ${at.toUTCString()}\nReceived: from a by b; ${at.toUTCString()}\nFrom: monitor@${host}\n` +
    `Subject: ${word}: service on ${host} ${tags}\nMessage-ID: <${word}-${index}@bench>\n\ntext of ${index}\n\n`
  );
}

async function timesOf(ask: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < TIMES; turn += 1) {
    const startedAt = performance.now();
    await ask();
    times.push(performance.now() - startedAt);
  }
  return times;
}

async function expectStatus(response: Response, status: number): Promise<string> {
  const text = await response.text();
  if (response.status !== status) throw new Error(`${response.url} was answered ${response.status}: ${text}`);
  return text;
}

/** By the form of the list, as a right-click does it. */
async function claims(ana: BrowserSession): Promise<number[]> {
  const html = await expectStatus(await ana.get('/events?interest=all&assignee=none'), 200);
  const me = /name="user" value="([^"]+)"/.exec(html)?.[1] ?? '';
  const rows = [...html.matchAll(/data-event="([^"]+)"[^>]* data-version="(\d+)"/g)];
  if (rows.length === 0) throw new Error('the list shows nothing to claim');
  const times: number[] = [];
  for (const [, id = '', version = ''] of rows) {
    const startedAt = performance.now();
    await expectStatus(await ana.post(`/events/${id}/assignment`, { version, user: me }), 303);
    times.push(performance.now() - startedAt);
  }
  return times;
}

function report(what: string, times: readonly number[]): void {
  process.stdout.write(`${what.padEnd(44)} ${describeMs(times)}\n`);
}
