/**
 * Org and severity of mails by the model, beside scikit-learn and natural's Bayes classifier on the same lines, and
 * beside bogofilter where information is to be told from the rest. The lines are no part of the project:
 * DATAMER_ACCURACY_LINES names a folder with pairs of NAME.train.jsonl and NAME.test.jsonl, {text, org, severity, from?}.
 * Tags are taken out of the text for all engines.
 *
 *   DATAMER_ACCURACY_LINES=FOLDER npm run bench -- accuracy/classify
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import BayesClassifier from 'natural/lib/natural/classifiers/bayes_classifier.js';
import { inPackage } from '../../src/kernel/package-root.ts';
import { FeatureBag } from '../../src/triage/model/features.ts';
import { FieldModel } from '../../src/triage/model/field-model.ts';
import { scoreClasses } from '../../src/triage/model/score-classes.ts';
import { train, type Example } from '../../src/triage/model/train.ts';
import { withoutTags } from '../../src/triage/tags/grammar.ts';
import { labelledFolder } from '../support/labelled-folder.ts';

type Field = 'org' | 'severity';

interface Run {
  engine: string;
  guesses: (string | null)[];
  trainSeconds: number;
  linesPerSecond: number;
}

const folder = labelledFolder('DATAMER_ACCURACY_LINES', 'NAME.train.jsonl');
const names = fs
  .readdirSync(folder)
  .filter((file) => file.endsWith('.train.jsonl'))
  .map((file) => file.slice(0, -'.train.jsonl'.length))
  .sort();
process.stdout.write(
  row(['set', 'field', 'engine', 'accuracy', 'coverage', 'precision', 'macro F1', 'mails/s', 'training s']),
);
process.stdout.write(row(Array.from({ length: 9 }, () => '---')));
for (const name of names) {
  for (const field of ['org', 'severity'] as const) measure(folder, name, field);
}

function measure(from: string, name: string, field: Field): void {
  const examples = readExamples(path.join(from, `${name}.train.jsonl`), field);
  const tests = readExamples(path.join(from, `${name}.test.jsonl`), field);
  if (examples.length === 0 || tests.length === 0) return;
  const runs = [...byModel(field, examples, tests), ...byScikit(examples, tests), byBayes(examples, tests)];
  report(name, field, runs, tests);
  if (field !== 'severity') return;
  // What tells two classes only is asked whether a mail is information or more.
  const two = { examples: examples.map(asTwoClasses), tests: tests.map(asTwoClasses) };
  const others = runs.map(({ guesses, ...run }) => ({ ...run, guesses: guesses.map(infoOrMore) }));
  report(name, 'info or more', [...others, ...byBogofilter(two.examples, two.tests)], two.tests);
}

function asTwoClasses(example: Example): Example {
  return { ...example, value: infoOrMore(example.value) ?? '' };
}

function infoOrMore(severity: string | null): string | null {
  return severity === null || severity === 'info' ? severity : 'more';
}

function report(name: string, field: string, runs: readonly Run[], tests: readonly Example[]): void {
  const truth = tests.map(({ value }) => value);
  for (const { engine, guesses, ...speed } of runs) {
    const { accuracy, coverage, precisionAtCoverage, macroF1 } = scoreClasses(guesses, truth);
    const shares = [accuracy, coverage, precisionAtCoverage, macroF1].map((share) => share.toFixed(3));
    const rate = String(Math.round(speed.linesPerSecond));
    process.stdout.write(row([name, field, engine, ...shares, rate, speed.trainSeconds.toFixed(1)]));
  }
}

function readExamples(file: string, field: Field): Example[] {
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => {
      const { text, from, ...labels } = JSON.parse(line) as Partial<Record<Field | 'from', string>> & {
        text: string;
      };
      const value = labels[field];
      const end = text.includes('\n') ? text.indexOf('\n') : text.length;
      return value
        ? [{ subject: text.slice(0, end), text: text.slice(end + 1), from: from ?? '', value }]
        : [];
    });
}

function byModel(field: Field, examples: readonly Example[], tests: readonly Example[]): Run[] {
  const bag = new FeatureBag();
  const model = new FieldModel(field);
  const startedAt = performance.now();
  train(model, bag, examples);
  const trainedAt = performance.now();
  const predict = () =>
    tests.map((test) => {
      bag.read(test);
      return model.predict(bag);
    });
  const predictions = predict();
  // Once more for the time: the compiler is warm now.
  const warmAt = performance.now();
  predict();
  const speed = {
    trainSeconds: (trainedAt - startedAt) / 1000,
    linesPerSecond: (tests.length / (performance.now() - warmAt)) * 1000,
  };
  return [
    {
      engine: 'DaTamer',
      guesses: predictions.map((prediction) => (prediction?.isSaid ? prediction.value : null)),
      ...speed,
    },
    {
      engine: 'DaTamer, never abstaining',
      guesses: predictions.map((prediction) => prediction?.value ?? null),
      ...speed,
    },
  ];
}

function asText({ from, subject, text }: Example): string {
  return withoutTags(`${from} ${subject}\n${text}`);
}

function byScikit(examples: readonly Example[], tests: readonly Example[]): Run[] {
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-classify-'));
  const write = (file: string, lines: readonly Example[]): string => {
    const written = path.join(place, file);
    const text = lines.map((line) => `${JSON.stringify({ text: asText(line), value: line.value })}\n`);
    fs.writeFileSync(written, text.join(''));
    return written;
  };
  const { status, stdout } = spawnSync(
    process.env['DATAMER_PYTHON'] ?? 'python3',
    [
      inPackage('benchmarks', 'accuracy', 'classify-by-svm.py'),
      write('train.jsonl', examples),
      write('test.jsonl', tests),
    ],
    { encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  fs.rmSync(place, { recursive: true });
  if (status !== 0) return [];
  const answers = JSON.parse(stdout) as Record<string, Omit<Run, 'engine'>>;
  return Object.entries(answers).map(([engine, run]) => ({ engine: `scikit-learn ${engine}`, ...run }));
}

function byBayes(examples: readonly Example[], tests: readonly Example[]): Run {
  const bayes = new BayesClassifier();
  const startedAt = performance.now();
  for (const example of examples) bayes.addDocument(asText(example), example.value);
  bayes.train();
  const trainedAt = performance.now();
  const guesses = tests.map((test) => bayes.classify(asText(test)));
  return {
    engine: 'natural BayesClassifier',
    guesses,
    trainSeconds: (trainedAt - startedAt) / 1000,
    linesPerSecond: (tests.length / (performance.now() - trainedAt)) * 1000,
  };
}

/** As a filter of spam is used: information is ham, all else spam; what it is unsure of is left open. */
function byBogofilter(examples: readonly Example[], tests: readonly Example[]): Run[] {
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-bogofilter-'));
  const ask = (options: string, mails: readonly Example[]) =>
    spawnSync('bogofilter', ['-d', place, ...options.split(' ')], {
      input: mails.map(asMboxMail).join(''),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
  const startedAt = performance.now();
  const { error } = ask(
    '-M -n',
    examples.filter(({ value }) => value === 'info'),
  );
  ask(
    '-M -s',
    examples.filter(({ value }) => value !== 'info'),
  );
  const trainedAt = performance.now();
  const { stdout } = ask('-M -T', tests);
  const endedAt = performance.now();
  fs.rmSync(place, { recursive: true });
  const words: Record<string, string | null> = { H: 'info', S: 'more', U: null };
  const guesses = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => words[line.charAt(0)] ?? null);
  // It is not installed everywhere.
  if (error || guesses.length !== tests.length) return [];
  return [
    {
      engine: 'bogofilter',
      guesses,
      trainSeconds: (trainedAt - startedAt) / 1000,
      linesPerSecond: (tests.length / (endedAt - trainedAt)) * 1000,
    },
  ];
}

function asMboxMail({ from, subject, text }: Example): string {
  const body = withoutTags(text).replace(/^From /gm, '>From ');
  return `From sender Thu Jan  1 00:00:00 2026\nFrom: ${from}\nSubject: ${withoutTags(subject)}\n\n${body}\n\n`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}
