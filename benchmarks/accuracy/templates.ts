/**
 * How well lines of logs are gathered under their templates, beside Drain3 with its defaults, as a table for
 * docs/accuracy.md. Labelled lines are no part of the project: DATAMER_ACCURACY_TEMPLATES names a folder with files of
 * {text, template} lines. Drain3 runs where DATAMER_DRAIN3 names the folder of its source (and DATAMER_PYTHON a Python
 * with cachetools and jsonpickle).
 *
 *   DATAMER_ACCURACY_TEMPLATES=FOLDER DATAMER_DRAIN3=FOLDER npm run bench -- accuracy/templates
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../src/kernel/clock.ts';
import { inPackage } from '../../src/kernel/package-root.ts';
import { current, TemplateMiner } from '../../src/triage/templates/miner.ts';
import { scoreGrouping, type GroupingScore } from '../../src/triage/templates/score-grouping.ts';
import { labelledFolder } from '../support/labelled-folder.ts';

interface LabelledLine {
  text: string;
  template: string;
}

interface Measured extends GroupingScore {
  linesPerSecond: number;
}

interface Result {
  name: string;
  wanted: number;
  ours: Measured;
  /** Null where Drain3 is not at hand. */
  drain: Measured | null;
}

/**
 * Files are small, and a compiler that is not yet warm says nothing: the fastest run counts, in seconds of the
 * processor, so that other work on the machine does not.
 */
const RUNS = 30;

/** A file of all systems together is no further system. */
const MIXED = 'mixed';

const MEASURES = ['ga', 'fga', 'pairF1'] as const;

const folder = labelledFolder('DATAMER_ACCURACY_TEMPLATES', '.jsonl files');
const files = fs.readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
const results = files.sort().map((file) => measure(path.join(folder, file)));
process.stdout.write(asMarkdown(results));

function measure(file: string): Result {
  const lines = fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LabelledLine);
  const truth = lines.map(({ template }) => template);
  const texts = lines.map(({ text }) => text);
  return {
    name: path.basename(file, '.jsonl'),
    wanted: new Set(truth).size,
    ours: mineOurselves(texts, truth),
    drain: mineByDrain3(file, truth),
  };
}

function mineOurselves(texts: readonly string[], truth: readonly string[]): Measured {
  const now = systemClock.now();
  let found: string[] = [];
  let fastest = Infinity;
  for (let run = 0; run < RUNS; run += 1) {
    const startedAt = process.cpuUsage();
    const miner = new TemplateMiner();
    const mined = texts.map((text) => miner.mine(text, now));
    const { user, system } = process.cpuUsage(startedAt);
    fastest = Math.min(fastest, user + system);
    found = mined.map((template) => current(template).id);
  }
  return { ...scoreGrouping(found, truth), linesPerSecond: (texts.length * 1_000_000) / fastest };
}

function mineByDrain3(file: string, truth: readonly string[]): Measured | null {
  const drain3 = process.env['DATAMER_DRAIN3'];
  if (!drain3) return null;
  const { status, stdout, stderr } = spawnSync(
    process.env['DATAMER_PYTHON'] ?? 'python3',
    [inPackage('benchmarks', 'accuracy', 'mine-by-drain3.py'), file],
    { encoding: 'utf8', env: { ...process.env, PYTHONPATH: drain3 } },
  );
  if (status !== 0) throw new Error(`Drain3 failed: ${stderr}`);
  const found = stdout.trim().split('\n');
  const seconds = Number(found.pop());
  return { ...scoreGrouping(found, truth), linesPerSecond: truth.length / seconds };
}

function asMarkdown(all: readonly Result[]): string {
  const systems = all.filter(({ name }) => name !== MIXED);
  return [
    '| | true templates | GA | FGA | F1 of pairs | templates | lines/s | Drain3 GA | FGA | F1 of pairs | lines/s |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
    ...systems.map(asRow),
    asMeans(systems),
    ...all.filter(({ name }) => name === MIXED).map(asRow),
    '',
  ].join('\n');
}

function asRow({ name, wanted, ours, drain }: Result): string {
  const cells = [name, wanted, ...shares(ours), ours.templates, rate(ours)];
  return `| ${[...cells, ...(drain ? [...shares(drain), rate(drain)] : [])].join(' | ')} |`;
}

function asMeans(systems: readonly Result[]): string {
  const ours = systems.map((result) => result.ours);
  const drains = systems.flatMap(({ drain }) => drain ?? []);
  const cells = ['**mean**', '', ...means(ours), '', ''];
  return `| ${[...cells, ...(drains.length > 0 ? [...means(drains), ''] : [])].join(' | ')} |`;
}

function shares(score: GroupingScore): string[] {
  return MEASURES.map((measure) => score[measure].toFixed(3));
}

function means(scores: readonly GroupingScore[]): string[] {
  return MEASURES.map((measure) => {
    const sum = scores.reduce((so, score) => so + score[measure], 0);
    return `**${(sum / scores.length).toFixed(3)}**`;
  });
}

function rate({ linesPerSecond }: Measured): string {
  return (Math.round(linesPerSecond / 1000) * 1000).toLocaleString('en');
}
