/**
 * How well mails of known and unknown tools are read: state, severity, hosts, and whether a problem and its recovery
 * are one signal. Once with all parsers, with a third of them switched off (three times, each third once), and with
 * none. Labelled mails are no part of the project: their folder is named in DATAMER_ACCURACY_MAILS.
 *
 *   DATAMER_ACCURACY_MAILS=FOLDER npm run bench -- accuracy/parsers
 *
 * With DATAMER_ACCURACY_WORST=n it prints the first n mails of each kind that were read wrongly with no parser.
 */
import type { MseId } from '../../src/kernel/ids.ts';
import { readMails } from '../../src/triage/read-mails.ts';
import { newMse, type Mse } from '../../src/triage/mse.ts';
import type { AnyParser } from '../../src/triage/parsers/parser.ts';
import { PARSERS } from '../../src/triage/parsers/registry.ts';
import { runTheseParsers } from '../../src/triage/parsers/run-parsers.ts';
import { Inventory } from '../../src/triage/servers/inventory.ts';
import { findServers } from '../../src/triage/servers/find-servers.ts';
import { deriveSignals } from '../../src/triage/signal.ts';
import { readLabelledMails, type Label } from '../../test/support/labelled-mails.ts';
import { labelledFolder } from '../support/labelled-folder.ts';

interface Read {
  label: Label;
  mse: Mse;
}

const OPENS = new Set(['problem', 'failure']);
const CLOSES = new Set(['recovery', 'success']);

const folder = labelledFolder('DATAMER_ACCURACY_MAILS', 'labels.jsonl');
const worst = Number(process.env['DATAMER_ACCURACY_WORST'] ?? 0);
const onlyTool = process.env['DATAMER_ACCURACY_TOOL'];
const mails = readLabelledMails(folder);
const labels = mails.map(({ label }) => label);
const fresh = await readAll();

const tools = [...new Set(labels.map(({ tool }) => tool))].sort();
const all = read(PARSERS);
const none = read([]);
/** Every third tool, by name: what is read of those whose parsers are off counts, and nothing else. */
const thirds = [0, 1, 2].map((third) => {
  const off = new Set(tools.filter((_tool, at) => at % 3 === third));
  const known = PARSERS.filter(({ tool }) => !off.has(tool));
  return read(known).filter(({ label }) => off.has(label.tool));
});

report(all, thirds.flat(), thirds[2] ?? [], none);
const shown = process.env['DATAMER_ACCURACY_SHOWN'] === 'all' ? all : none;
if (worst > 0) showWorst(shown.filter(({ label }) => !onlyTool || label.tool === onlyTool));

async function readAll(): Promise<Mse[]> {
  const seen = mails.map(({ raw }, at) => ({
    id: String(at) as MseId,
    receivedAt: new Date(at * 1000),
    door: 'import' as const,
    raw,
  }));
  const { mses, unreadable } = await readMails(seen);
  if (unreadable.length > 0) throw new Error(`${unreadable.length} mails cannot be read`);
  return mses;
}

function read(parsers: readonly AnyParser[]): Read[] {
  const mses = fresh.map((mse) => newMse(mse, mse.mail));
  const before = process.cpuUsage();
  runTheseParsers(mses, parsers);
  const micros = process.cpuUsage(before).user / mses.length;
  process.stderr.write(`${parsers.length} parsers: ${micros.toFixed(1)} µs of processor time per mail\n`);
  findServers(mses, { memory: { servers: new Inventory() } });
  deriveSignals(mses);
  return labels.map((label, at) => {
    const mse = mses[at];
    if (!mse) throw new Error(`no mail for ${label.file}`);
    return { label, mse };
  });
}

interface Score {
  mails: number;
  state: number;
  severity: number;
  severityStated: number;
  hosts: number;
  pairs: number;
  wrongWay: number;
}

function score(reads: readonly Read[]): Score {
  const share = (test: (one: Read) => boolean, of = reads) => of.filter(test).length / Math.max(1, of.length);
  return {
    mails: reads.length,
    state: share(isStateRight),
    severity: share(isSeverityRight),
    severityStated: share(
      isSeverityRight,
      reads.filter(({ label }) => label.severity !== null),
    ),
    hosts: hostsF1(reads),
    pairs: pairShare(reads),
    wrongWay: reads.filter(isWrongWay).length,
  };
}

function stateOf({ mse }: Read): string {
  return mse.findings.state?.value ?? 'unknown';
}

function isStateRight(one: Read): boolean {
  return stateOf(one) === one.label.state;
}

function isSeverityRight({ mse, label }: Read): boolean {
  return (mse.findings.severity?.value ?? null) === label.severity;
}

function isWrongWay(one: Read): boolean {
  const said = stateOf(one);
  const { state } = one.label;
  return (OPENS.has(said) && CLOSES.has(state)) || (CLOSES.has(said) && OPENS.has(state));
}

function hostsF1(reads: readonly Read[]): number {
  let right = 0;
  let said = 0;
  let labelled = 0;
  for (const { mse, label } of reads) {
    const servers = new Set(mse.findings.servers?.value);
    said += servers.size;
    labelled += label.hosts.length;
    right += label.hosts.filter((host) => servers.has(host)).length;
  }
  return (2 * right) / Math.max(1, said + labelled);
}

/** Of the labelled signals with a problem and a recovery: all its mails have one key, and nobody else has it. */
function pairShare(reads: readonly Read[]): number {
  const pairs = pairsOf(reads);
  const good = pairs.filter((signal) => faultOf(signal, reads) === null);
  return good.length / Math.max(1, pairs.length);
}

function pairsOf(reads: readonly Read[]): string[] {
  const states = new Map<string, Set<string>>();
  for (const { label } of reads) {
    const known = states.get(label.signal) ?? new Set();
    states.set(label.signal, known.add(OPENS.has(label.state) ? 'opens' : label.state));
  }
  return [...states].flatMap(([signal, known]) =>
    known.has('opens') && [...CLOSES].some((state) => known.has(state)) ? [signal] : [],
  );
}

function faultOf(signal: string, reads: readonly Read[]): string | null {
  const own = reads.filter(
    ({ label }) => label.signal === signal && (OPENS.has(label.state) || CLOSES.has(label.state)),
  );
  const keys = new Set(own.map(({ mse }) => mse.signal?.key));
  if (keys.size > 1) return `${keys.size} keys: ${[...new Set(own.map(labelOf))].join('  |  ')}`;
  const other = reads.find(({ mse, label }) => label.signal !== signal && keys.has(mse.signal?.key));
  return other ? `mixed with ${other.label.signal}: ${labelOf(other)}` : null;
}

function labelOf({ mse }: Read): string {
  return mse.signal?.label ?? '';
}

function report(
  known: readonly Read[],
  unknown: readonly Read[],
  heldOut: readonly Read[],
  bare: readonly Read[],
): void {
  const columns = [known, unknown, heldOut, bare].map(score);
  const figure = (value: number) => (Number.isInteger(value) && value > 1 ? String(value) : value.toFixed(3));
  const row = (name: string, of: (one: Score) => number) =>
    `| ${name} | ${columns.map((one) => figure(of(one))).join(' | ')} |`;
  const lines = [
    '| | all parsers | tools whose parser is off (three thirds) | the last third of these | no parser at all |',
    '|---|---|---|---|---|',
    row('mails', ({ mails }) => mails),
    row('state right', ({ state }) => state),
    row('severity right (with “none stated”)', ({ severity }) => severity),
    row('severity right where one is stated', ({ severityStated }) => severityStated),
    row('hosts, F1', ({ hosts }) => hosts),
    row('problem and recovery one signal, and no other', ({ pairs }) => pairs),
    `| read the wrong way round | ${columns.map(({ wrongWay }) => wrongWay).join(' | ')} |`,
    '',
    '| tool | mails | state | severity | hosts | pairs | state, no parser | severity, no parser | hosts, no parser | pairs, no parser |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...tools.map((tool) => toolRow(tool, known, bare)),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function toolRow(tool: string, known: readonly Read[], bare: readonly Read[]): string {
  const of = (reads: readonly Read[]) => reads.filter(({ label }) => label.tool === tool);
  const cells = [known, bare].flatMap((reads) => {
    const { state, severity, hosts, pairs } = score(of(reads));
    const hasPairs = pairsOf(of(reads)).length > 0;
    return [state, severity, hosts, hasPairs ? pairs : null];
  });
  const figures = cells.map((value) => (value === null ? '–' : value.toFixed(2)));
  return `| ${tool} | ${of(known).length} | ${figures.join(' | ')} |`;
}

function showWorst(reads: readonly Read[]): void {
  const show = (name: string, test: (one: Read) => boolean, said: (one: Read) => unknown) => {
    process.stdout.write(`\n${name}\n`);
    for (const one of reads.filter((each) => !test(each)).slice(0, worst)) {
      const { label, mse } = one;
      process.stdout.write(
        `  ${label.file} ${JSON.stringify(said(one))}  «${mse.mail.subject.slice(0, 120)}»\n`,
      );
    }
  };
  show(
    'wrong way',
    (one) => !isWrongWay(one),
    (one) => [stateOf(one), one.label.state, one.mse.findings.state?.reason],
  );
  show('state', isStateRight, (one) => [stateOf(one), one.label.state, one.mse.findings.state?.reason]);
  show('severity', isSeverityRight, ({ mse, label }) => [
    mse.findings.severity?.value ?? null,
    label.severity,
    mse.findings.severity?.reason,
  ]);
  show(
    'hosts',
    ({ mse, label }) => hostsF1([{ mse, label }]) === 1,
    ({ mse, label }) => [mse.findings.servers?.value ?? [], label.hosts, mse.findings.servers?.reason],
  );
  process.stdout.write('\nsignals\n');
  for (const signal of pairsOf(reads)) {
    const fault = faultOf(signal, reads);
    if (fault) process.stdout.write(`  ${signal} ${fault}\n`);
  }
}
