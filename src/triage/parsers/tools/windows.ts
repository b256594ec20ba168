/** The Windows event log and task scheduler, in English, German and French. */
import type { ToolParser } from '../parser.ts';

export const windows: ToolParser = {
  tool: 'windows',
  signs: [
    { body: 'log name:' },
    { body: 'protokollname:' },
    { body: 'nom du journal' },
    { subject: 'task scheduler', body: 'task' },
  ],
  clues: [
    {
      in: 'body',
      pattern:
        /Task Scheduler (?<state>failed|successfully completed) (?:to complete )?task "(?<service>[^"\n]{1,200})"/,
    },
    { in: 'body', pattern: /^\s{0,20}(?:Level|Ebene|Niveau) ?:\s{1,20}(?<level>[\p{L}]{2,20})/mu },
    { in: 'body', pattern: /^\s{0,20}(?:Computer|Ordinateur) ?:\s{1,20}(?<host>\S{1,253})/m },
    {
      in: 'body',
      pattern:
        /^\s{0,20}(?:Source|Quelle) ?:[^\S\n]{1,20}(?<service>\S.{0,100})\n(?:.{0,200}\n){0,3}?\s{0,20}(?:Event ID|Ereignis-ID|ID de l.événement|ID) ?:\s{1,20}(?<part>\d{1,6})/m,
    },
  ],
  words: {
    'successfully completed': { state: 'success' },
    error: { state: 'problem', severity: 'warn' },
    fehler: { state: 'problem', severity: 'warn' },
    erreur: { state: 'problem', severity: 'warn' },
    warnung: { state: 'problem', severity: 'warn' },
    avertissement: { state: 'problem', severity: 'warn' },
    kritisch: { state: 'problem', severity: 'critical' },
    critique: { state: 'problem', severity: 'critical' },
    information: { state: 'report', severity: 'info' },
    informationen: { state: 'report', severity: 'info' },
    informations: { state: 'report', severity: 'info' },
  },
};
