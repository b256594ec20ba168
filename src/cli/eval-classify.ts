/** `datamer eval classify TRAIN TEST`: org or severity of mails by what the model learnt from others. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { z } from 'zod';
import { FeatureBag } from '../triage/model/features.ts';
import { FieldModel } from '../triage/model/field-model.ts';
import { scoreClasses, type ClassScore } from '../triage/model/score-classes.ts';
import { train, type Example } from '../triage/model/train.ts';
import { asShare, asTable } from './as-table.ts';
import { CommandFailed, type Context } from './context.ts';
import { readJsonLines } from './json-lines.ts';

const lineSchema = z.object({
  text: z.string(),
  org: z.string().nullish(),
  severity: z.enum(['info', 'warn', 'critical']).nullish(),
  from: z.string().nullish(),
});

interface Flags {
  field: 'org' | 'severity';
  json?: boolean;
}

interface Evaluation extends ClassScore {
  docsPerSecond: number;
  trainSeconds: number;
  /** Of the training lines, guessed one by one before each was learnt, abstaining never. */
  prequentialAccuracy: number;
  /** Of the test lines, had it never abstained. */
  accuracyWithoutAbstaining: number;
  threshold: number;
  megabytes: number;
}

export function addEvalClassifyCommand(evaluate: Command, context: Context): void {
  evaluate
    .command('classify <train> <test>')
    .description('org or severity of {text, org, severity, from?} lines by the model, learnt from others')
    .addOption(new Option('--field <field>', 'what to tell').choices(['org', 'severity']).default('org'))
    .option('--json', 'print one JSON document')
    .action(async (trainFile: string, testFile: string, { field, json }: Flags) => {
      const examples = await readExamples(trainFile, field);
      const tests = await readExamples(testFile, field);
      const evaluation = evaluateModel(field, examples, tests);
      context.out(json ? `${JSON.stringify(evaluation)}\n` : describe(evaluation));
    });
}

/** Lines that do not tell the field teach and test nothing. */
async function readExamples(file: string, field: Flags['field']): Promise<Example[]> {
  const examples: Example[] = [];
  for await (const { text, from, ...labels } of readJsonLines(file, lineSchema)) {
    const value = labels[field];
    if (!value) continue;
    const end = text.indexOf('\n');
    const subject = end < 0 ? text : text.slice(0, end);
    examples.push({ subject, text: end < 0 ? '' : text.slice(end + 1), from: from ?? '', value });
  }
  if (examples.length === 0) throw new CommandFailed(`${file} has no line that tells the ${field}.`);
  return examples;
}

function evaluateModel(
  field: Flags['field'],
  examples: readonly Example[],
  tests: readonly Example[],
): Evaluation {
  const bag = new FeatureBag();
  const prequentialAccuracy = scorePrequentially(field, bag, examples);
  const model = new FieldModel(field);
  const startedAt = performance.now();
  train(model, bag, examples);
  const trainSeconds = (performance.now() - startedAt) / 1000;
  const { predictions, docsPerSecond } = predictAll(model, bag, tests);
  const said = predictions.map((prediction) => (prediction?.isSaid ? prediction.value : null));
  const guessed = predictions.map((prediction) => prediction?.value ?? null);
  const truth = tests.map(({ value }) => value);
  return {
    ...scoreClasses(said, truth),
    docsPerSecond: Math.round(docsPerSecond),
    trainSeconds,
    prequentialAccuracy,
    accuracyWithoutAbstaining: scoreClasses(guessed, truth).accuracy,
    threshold: model.calibration.threshold,
    megabytes: model.linear.bytes / 2 ** 20,
  };
}

function scorePrequentially(field: Flags['field'], bag: FeatureBag, examples: readonly Example[]): number {
  const model = new FieldModel(field);
  let rights = 0;
  for (const example of examples) {
    bag.read(example);
    if (model.predict(bag)?.value === example.value) rights += 1;
    model.teach(bag, example.value);
  }
  return rights / examples.length;
}

/** A small file is gone through again until the compiler is warm and the time says something. */
const LEAST_MILLISECONDS = 500;

function predictAll(model: FieldModel, bag: FeatureBag, tests: readonly Example[]) {
  const predictOnce = () =>
    tests.map((test) => {
      bag.read(test);
      return model.predict(bag);
    });
  const predictions = predictOnce();
  let runs = 0;
  let milliseconds = 0;
  const startedAt = performance.now();
  while (milliseconds < LEAST_MILLISECONDS) {
    predictOnce();
    runs += 1;
    milliseconds = performance.now() - startedAt;
  }
  return { predictions, docsPerSecond: (tests.length * runs * 1000) / milliseconds };
}

function describe(evaluation: Evaluation): string {
  return asTable([
    ['accuracy (abstentions are wrong)', asShare(evaluation.accuracy)],
    ['macro F1', asShare(evaluation.macroF1)],
    ['coverage', asShare(evaluation.coverage)],
    ['precision of what is said', asShare(evaluation.precisionAtCoverage)],
    ['accuracy had it never abstained', asShare(evaluation.accuracyWithoutAbstaining)],
    ['accuracy while learning', asShare(evaluation.prequentialAccuracy)],
    ['mails per second', String(evaluation.docsPerSecond)],
    ['seconds of training', evaluation.trainSeconds.toFixed(2)],
    ['megabytes', evaluation.megabytes.toFixed(1)],
  ]);
}
