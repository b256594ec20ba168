/**
 * Whether a job failed, by the words of its output: cron and its like mail what a job printed, and not how it ended.
 * A clear word of success in
 * the last lines counts most; then signs of failure wherever they stand; then the last sign of success. A warning
 * alone says nothing.
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

/** Said in the last lines it outweighs what was logged on the way: "Successfully ran configuration file". */
const CLEAR_SUCCESS =
  /\b(?:success|successful|successfully|succeeded|erfolgreich|avec succès|con éxito|com sucesso|con successo)\b/i;
const LAST_LINES = 4;

/** The head tells what was done, the tail how it ended. */
const HEAD_LINES = 60;
const TAIL_LINES = 20;

/** @param tail the last lines of an output that is longer, else the output */
export function readOutcome(output: string, tail: string): Said<MailState> | null {
  const whole = tail === output ? output : `${output}\n${tail}`;
  const lines = whole.split('\n').filter((line) => line.trim() !== '');
  const end = lines.slice(-LAST_LINES);
  const ended = end.map((line) => CLEAR_SUCCESS.exec(line.slice(0, 300))?.[0]).find(Boolean);
  if (ended && !end.some(saysFailure))
    return { value: 'success', reason: `“${ended}” ends the job’s output` };
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

function saysFailure(line: string): boolean {
  const text = line.slice(0, 300);
  return FAILURE.test(text) && !DENIED.test(text);
}
