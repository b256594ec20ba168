/** `datamer eval events MAP LABELS`: whether the mails of one incident became one event, after `import --map`. */
import path from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { compareGroupings, type Likeness } from '../kernel/compare-groupings.ts';
import { asShare, asTable } from './as-table.ts';
import { CommandFailed, type Context } from './context.ts';
import { readJsonLines } from './json-lines.ts';

const mapSchema = z.object({ file: z.string(), eventId: z.string().nullable() });
const labelSchema = z.object({ file: z.string(), incident: z.string().nullable() });

interface Evaluation extends Likeness {
  /** Events per mail saved: 1 − events / mails, over all mails of the map. */
  compression: number;
  /** Mails of incidents that were compared. */
  mails: number;
  /** Labelled mails that the map does not have: each counts as an event of its own. */
  missing: number;
}

export function addEvalEventsCommand(evaluate: Command, context: Context): void {
  evaluate
    .command('events <map> <labels>')
    .description('events of `import --map` against {file, incident} labels (incident null: not counted)')
    .option('--json', 'print one JSON document')
    .action(async (map: string, labels: string, { json }: { json?: boolean }) => {
      const evaluation = await evaluateEvents(map, labels);
      context.out(json ? `${JSON.stringify(evaluation)}\n` : describe(evaluation));
    });
}

async function evaluateEvents(mapFile: string, labelFile: string): Promise<Evaluation> {
  const eventOf = new Map<string, string>();
  const events = new Set<string>();
  let mapped = 0;
  for await (const { file, eventId } of readJsonLines(mapFile, mapSchema)) {
    // A reply to a notice belongs to no event.
    if (eventId === null) continue;
    eventOf.set(file, eventId);
    eventOf.set(path.posix.basename(file), eventId);
    events.add(eventId);
    mapped += 1;
  }
  const found: string[] = [];
  const truth: string[] = [];
  let missing = 0;
  for await (const { file, incident } of readJsonLines(labelFile, labelSchema)) {
    if (incident === null) continue;
    const event = eventOf.get(file) ?? eventOf.get(path.posix.basename(file));
    if (event === undefined) missing += 1;
    found.push(event ?? `missing ${missing}`);
    truth.push(incident);
  }
  if (truth.length === 0) throw new CommandFailed(`${labelFile}: no line has an incident to compare with`);
  return {
    ...compareGroupings(found, truth),
    compression: mapped === 0 ? 0 : 1 - events.size / mapped,
    mails: truth.length,
    missing,
  };
}

function describe(evaluation: Evaluation): string {
  return asTable([
    ['pair precision', asShare(evaluation.pairPrecision)],
    ['pair recall', asShare(evaluation.pairRecall)],
    ['pair F1', asShare(evaluation.pairF1)],
    ['B-cubed F1', asShare(evaluation.bcubedF1)],
    ['adjusted Rand index', asShare(evaluation.ari)],
    ['compression', asShare(evaluation.compression)],
    ['mails of incidents', String(evaluation.mails)],
    ['of these not in the map', String(evaluation.missing)],
  ]);
}
