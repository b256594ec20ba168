/**
 * Whether a job failed, by the words of its output: cron and its like mail what a job printed, and not how it ended.
 * Signs of failure count wherever they stand; without any, the last sign of success; a warning alone says nothing.
 */
import type { MailState } from '../../events/mail-state.ts';
import type { Said } from './parser.ts';

const FAILURE =
  /\b(?:error|errors|failed|failure|failures|fatal|cannot|can't|could not|couldn't|unable to|not found|no such file|permission denied|refused|timed out|timeout|aborted|no space left|no route to host|traceback|exception|stale file handle|segmentation fault|core dumped|exited with(?: return)? code [1-9]|exit (?:code|status):? [1-9]|non-zero|returned [1-9]|rc[= ][1-9]|code [1-9]\d{0,2}\)(?=\W|$)|fehlgeschlagen|fehler|échec|erreur|fallido|fallito|mislukt|falhou)(?![\w-])/i;
const DENIED =
  /\b(?:0|no|zero|without|keine?|sans|sin|senza|geen|sem)\s{1,3}(?:\w{1,20}\s{1,3})?(?:errors?|failures?|failed|fehler|erreurs?)\b|\berrors?\s{0,3}[:=]\s{0,3}0\b|\bfailed\s{0,3}[:=]\s{0,3}0\b|\b0 (?:parse )?failure/i;
const SUCCESS =
  /\b(?:success|successful|successfully|succeeded|completed|finished|done|saved|ok|installed|upgraded|renewed|can be autoremoved|up to date|erfolgreich|terminé|terminado|completato|voltooid)\b/i;
const WARNING = /\b(?:warning|warn|warnung|deprecated|notice)\b/i;

/** The head tells what was done, the tail how it ended. */
const HEAD_LINES = 60;
const TAIL_LINES = 20;

export function readOutcome(output: string): Said<MailState> | null {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const read =
    lines.length > HEAD_LINES + TAIL_LINES
      ? [...lines.slice(0, HEAD_LINES), ...lines.slice(-TAIL_LINES)]
      : lines;
  let success: string | null = null;
  let hasWarning = false;
  for (const line of read) {
    const text = line.slice(0, 300);
    const failure = FAILURE.exec(text);
    if (failure && !DENIED.test(text))
      return { value: 'failure', reason: `“${failure[0]}” in the job’s output` };
    success = SUCCESS.exec(text)?.[0] ?? success;
    hasWarning ||= WARNING.test(text);
  }
  if (hasWarning) return { value: 'unknown', reason: 'only a warning in the job’s output' };
  return success ? { value: 'success', reason: `“${success}” in the job’s output` } : null;
}
