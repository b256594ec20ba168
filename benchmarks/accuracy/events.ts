/**
 * Whether the mails of one incident become one event, beside simple rules, as a table for docs/accuracy.md. Labelled
 * streams are no part of the project: DATAMER_ACCURACY_STREAMS names a folder of folders with mails (`mails/` or an
 * mbox), `labels.jsonl` ({file, receivedAt, incident, org}) and, where people put mails right, `corrections.jsonl`.
 *
 *   DATAMER_ACCURACY_STREAMS=FOLDER npm run bench -- accuracy/events
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { compareGroupings, type Likeness } from '../../src/kernel/compare-groupings.ts';
import { DAY, MINUTE } from '../../src/kernel/clock.ts';
import { decodeHeader } from '../../src/inbound/parse/decode-header.ts';
import { firstField, headerFields, splitMail } from '../../src/inbound/parse/header-block.ts';
import { listMails } from '../../src/inbound/import/list-mails.ts';
import { withoutTags } from '../../src/triage/tags/grammar.ts';
import { runProgram } from '../../test/support/program.ts';
import { labelledFolder } from '../support/labelled-folder.ts';

interface Label {
  file: string;
  receivedAt: string;
  incident: string | null;
  org: string | null;
}

interface Mapped {
  file: string;
  eventId: string;
}

const folder = labelledFolder('DATAMER_ACCURACY_STREAMS', 'streams');
process.stdout.write(
  '| stream | grouping | pair precision | pair recall | pair F1 | B-cubed F1 | events |\n|---|---|---|---|---|---|---|\n',
);
for (const stream of fs.readdirSync(folder).sort()) {
  const directory = path.join(folder, stream);
  if (!fs.existsSync(path.join(directory, 'labels.jsonl'))) continue;
  const labels = readLines<Label>(path.join(directory, 'labels.jsonl'));
  report(stream, 'DaTamer', labels, await eventsOf(directory));
  report(stream, 'one org within 15 min', labels, byOrg(labels));
  report(stream, 'one subject, figures apart', labels, bySubject(labels, await subjectsOf(directory)));
  report(stream, 'no gap longer than 5 min', labels, byGap(labels));
}

function readLines<T>(file: string): T[] {
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

/** By an import into an empty installation on the embedded database. */
async function eventsOf(directory: string): Promise<Map<string, string>> {
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-accuracy-'));
  const map = path.join(data, 'map.jsonl');
  const environment = { DATAMER_DATA_DIR: data };
  const corrections = path.join(directory, 'corrections.jsonl');
  const mbox = fs.readdirSync(directory).find((file) => file.endsWith('.mbox'));
  await runProgram(['tenant', 'add', 'accuracy', '--address', 'accuracy@example.com'], environment);
  const imported = await runProgram(
    [
      ...['import', '--tenant', 'accuracy', path.join(directory, mbox ?? 'mails'), '--map', map],
      ...(fs.existsSync(corrections) ? ['--labels', corrections] : []),
    ],
    environment,
  );
  if (imported.code !== 0) throw new Error(`the import failed: ${imported.stderr}`);
  const events = new Map(
    readLines<Mapped>(map).map(({ file, eventId }) => [path.basename(file), eventId] as const),
  );
  fs.rmSync(data, { recursive: true });
  return events;
}

/** What comes of one org within a quarter of an hour is one event. */
function byOrg(labels: readonly Label[]): Map<string, string> {
  return chain(labels, ({ org }) => org ?? '', 15 * MINUTE);
}

/** What has one subject, but for its figures, is one event for as long as it comes within a day. */
function bySubject(labels: readonly Label[], subjects: ReadonlyMap<string, string>): Map<string, string> {
  const masked = ({ file }: Label) => (subjects.get(path.basename(file)) ?? file).replace(/\d{1,40}/g, '#');
  return chain(labels, masked, DAY);
}

async function subjectsOf(directory: string): Promise<Map<string, string>> {
  const mbox = fs.readdirSync(directory).find((file) => file.endsWith('.mbox'));
  const { mails, close } = await listMails([path.join(directory, mbox ?? 'mails')], new Date());
  const subjects = new Map<string, string>();
  for (const { file, read } of mails) {
    const { header } = splitMail(await read());
    const subject = decodeHeader(firstField(headerFields(header), 'subject') ?? '');
    subjects.set(path.basename(file), withoutTags(subject));
  }
  await close();
  return subjects;
}

/** Whatever comes without a longer pause is one event. */
function byGap(labels: readonly Label[]): Map<string, string> {
  return chain(labels, () => '', 5 * MINUTE);
}

function chain(
  labels: readonly Label[],
  keyOf: (label: Label) => string,
  longestGapMs: number,
): Map<string, string> {
  const last = new Map<string, { at: number; event: string }>();
  const events = new Map<string, string>();
  const ofIncidents = labels.filter(({ incident }) => incident !== null);
  for (const label of ofIncidents.sort((one, other) => one.receivedAt.localeCompare(other.receivedAt))) {
    const at = Date.parse(label.receivedAt);
    const key = keyOf(label);
    const former = last.get(key);
    const event = former && at - former.at <= longestGapMs ? former.event : label.file;
    last.set(key, { at, event });
    events.set(path.basename(label.file), event);
  }
  return events;
}

function report(
  stream: string,
  name: string,
  labels: readonly Label[],
  events: ReadonlyMap<string, string>,
): void {
  const compared = labels.filter(({ incident }) => incident !== null);
  const found = compared.map(({ file }) => events.get(path.basename(file)) ?? `missing ${file}`);
  const likeness = compareGroupings(
    found,
    compared.map(({ incident }) => incident ?? ''),
  );
  const figures = (['pairPrecision', 'pairRecall', 'pairF1', 'bcubedF1'] as const)
    .map((figure: keyof Likeness) => likeness[figure].toFixed(3))
    .join(' | ');
  process.stdout.write(`| ${stream} | ${name} | ${figures} | ${new Set(found).size} |\n`);
}
