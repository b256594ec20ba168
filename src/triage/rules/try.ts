/** Tries a condition on a text that a person typed, and says what it saw: the match with its named groups, and where. */
import type { MseId } from '../../kernel/ids.ts';
import { SafeRegex } from '../../kernel/safe-regex.ts';
import { readMail } from '../../inbound/parse/read-mail.ts';
import { newMse } from '../mse.ts';
import { applyTags } from '../tags/apply-tags.ts';
import { matchable } from './apply-rules.ts';
import { compileCondition, textsOf, type Matchable } from './match.ts';
import { partsOf, type Comparison, type Condition } from './rule.ts';

export interface Trial {
  matches: boolean;
  groups: Record<string, string>;
  /** The texts that the comparisons looked at, each once. */
  seen: SeenText[];
}

export interface SeenText {
  field: Comparison['field'];
  header: string | null;
  parts: { text: string; isMatch: boolean }[];
}

/** @param text a mail with its header lines, or a subject with the body behind an empty line */
export async function tryRule(condition: Condition, text: string, now: Date): Promise<Trial> {
  const mail = await readTried(text, now);
  const match = compileCondition(condition)(mail);
  return {
    matches: match !== null,
    groups: match?.groups ?? {},
    seen: lookAt(comparisonsOf(condition), mail),
  };
}

async function readTried(text: string, now: Date): Promise<Matchable> {
  const raw = Buffer.from(asSource(text));
  const stored = { id: '' as MseId, receivedAt: now, door: 'import' as const, raw };
  const mse = newMse(stored, await readMail(raw));
  applyTags([mse], { tenant: { tagSenders: null } });
  return matchable(mse);
}

function asSource(text: string): string {
  const typed = text.replace(/\r?\n/g, '\r\n').trimStart();
  const withHeader = /^[\w-]+:/.test(typed) ? typed : `Subject: ${typed}`;
  return /^content-type:/im.test(withHeader)
    ? withHeader
    : `Content-Type: text/plain; charset=utf-8\r\n${withHeader}`;
}

function comparisonsOf(condition: Condition): Comparison[] {
  return 'field' in condition ? [condition] : partsOf(condition).flatMap(comparisonsOf);
}

/** A person looks for a highlighted word; the end of a log does not help. */
const MOST_SHOWN = 4000;

function lookAt(comparisons: readonly Comparison[], mail: Matchable): SeenText[] {
  const seen = new Map<string, { comparison: Comparison; text: string; spans: Span[] }>();
  for (const comparison of comparisons) {
    for (const text of textsOf(mail, comparison)) {
      const key = [comparison.field, comparison.header ?? '', text].join('\n');
      const entry = seen.get(key) ?? { comparison, text, spans: [] };
      seen.set(key, entry);
      const span = locate(comparison, text);
      if (span) entry.spans.push(span);
    }
  }
  return [...seen.values()]
    .filter(({ text }) => text !== '')
    .map(({ comparison: { field, header }, text, spans }) => ({
      field,
      header: header ?? null,
      parts: mark(text.slice(0, MOST_SHOWN), spans),
    }));
}

type Span = readonly [start: number, end: number];

function locate({ op, value }: Comparison, text: string): Span | null {
  if (op === 'regex') {
    const match = SafeRegex.compile(value).find(text);
    return match ? [match.start, match.end] : null;
  }
  const at = text.toLowerCase().indexOf(value.toLowerCase());
  if (at < 0 || (op === 'equals' && text.trim().length !== value.trim().length)) return null;
  return [at, at + value.length];
}

/** Cuts a text where marks begin and end; marks that touch become one. */
function mark(text: string, spans: readonly Span[]): SeenText['parts'] {
  const parts: SeenText['parts'] = [];
  let at = 0;
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    if (end <= at || start >= text.length) continue;
    const from = Math.max(start, at);
    if (from > at) parts.push({ text: text.slice(at, from), isMatch: false });
    const last = parts.at(-1);
    if (last?.isMatch && from === at) last.text += text.slice(from, end);
    else parts.push({ text: text.slice(from, end), isMatch: true });
    at = end;
  }
  if (at < text.length) parts.push({ text: text.slice(at), isMatch: false });
  return parts.filter((part) => part.text !== '');
}
