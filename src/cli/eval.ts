/** `datamer eval …`: how good the learning parts are on labelled data of one's own. None needs a database. */
import type { Command } from 'commander';
import { addEvalClassifyCommand } from './eval-classify.ts';
import { addEvalEventsCommand } from './eval-events.ts';
import { addEvalTemplatesCommand } from './eval-templates.ts';
import type { Context } from './context.ts';

export function addEvalCommands(program: Command, context: Context): void {
  const evaluate = program
    .command('eval')
    .description('measure on labelled data how good triage is; needs no database');
  addEvalClassifyCommand(evaluate, context);
  addEvalTemplatesCommand(evaluate, context);
  addEvalEventsCommand(evaluate, context);
}
