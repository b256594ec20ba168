/** `datamer eval templates FILE`: grouping of lines by the template miner, fed line by line as mail would. */
import type { Command } from 'commander';
import { z } from 'zod';
import { systemClock } from '../kernel/clock.ts';
import { current, TemplateMiner, type Template } from '../triage/templates/miner.ts';
import { scoreGrouping, type GroupingScore } from '../triage/templates/score-grouping.ts';
import { asShare, asTable } from './as-table.ts';
import type { Context } from './context.ts';
import { readJsonLines } from './json-lines.ts';

const lineSchema = z.object({ text: z.string(), template: z.string() });

interface Evaluation extends GroupingScore {
  linesPerSecond: number;
  lines: number;
  /** Scored by the ids that were given at once; the figures above follow templates that were merged later. */
  atArrival: GroupingScore;
}

export function addEvalTemplatesCommand(evaluate: Command, context: Context): void {
  evaluate
    .command('templates <file>')
    .description('grouping of {text, template} lines by the template miner')
    .option('--json', 'print one JSON document')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const texts: string[] = [];
      const truth: string[] = [];
      for await (const { text, template } of readJsonLines(file, lineSchema)) {
        texts.push(text);
        truth.push(template);
      }
      const evaluation = scoreMiner(texts, truth);
      context.out(json ? `${JSON.stringify(evaluation)}\n` : describe(evaluation));
    });
}

function scoreMiner(texts: readonly string[], truth: readonly string[]): Evaluation {
  const { mined, linesPerSecond } = mineAll(texts);
  return {
    ...scoreGrouping(
      mined.map((template) => current(template).id),
      truth,
    ),
    linesPerSecond: Math.round(linesPerSecond),
    lines: texts.length,
    atArrival: scoreGrouping(
      mined.map(({ id }) => id),
      truth,
    ),
  };
}

/** A file of 2,000 lines is mined before the compiler is warm: it is mined anew until the time says something. */
const LEAST_MILLISECONDS = 1000;

function mineAll(texts: readonly string[]): { mined: Template[]; linesPerSecond: number } {
  const now = systemClock.now();
  let mined: Template[] = [];
  let fastest = Infinity;
  const begunAt = performance.now();
  while (performance.now() - begunAt < LEAST_MILLISECONDS) {
    // Every run begins with an empty miner: the score is that of the first. What else the machine does is not the
    // miner's, so the fastest run counts.
    const startedAt = performance.now();
    const miner = new TemplateMiner();
    mined = texts.map((text) => miner.mine(text, now));
    fastest = Math.min(fastest, performance.now() - startedAt);
  }
  return { mined, linesPerSecond: (texts.length * 1000) / fastest };
}

function describe({ atArrival, ...final }: Evaluation): string {
  return asTable([
    ['', 'merged', 'at arrival'],
    ['grouping accuracy', asShare(final.ga), asShare(atArrival.ga)],
    ['F-measure of grouping', asShare(final.fga), asShare(atArrival.fga)],
    ['F1 of pairs', asShare(final.pairF1), asShare(atArrival.pairF1)],
    ['templates', String(final.templates), String(atArrival.templates)],
    ['lines', String(final.lines)],
    ['lines per second', String(final.linesPerSecond)],
  ]);
}
