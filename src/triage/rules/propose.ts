/**
 * A rule to begin with, from one mail: its sender, its subject with the variable parts opened, and what is known of
 * it. A person looks at it and at its backtest before anything is saved. Pure.
 */
import { withoutTags } from '../tags/grammar.ts';
import type { ListedMse } from '../list-mses.ts';
import type { Actions, Comparison } from './rule.ts';

export interface ProposedRule {
  name: string;
  condition: { all: Comparison[] };
  actions: Actions;
}

const LONGEST_NAME = 120;

export function proposeRule({ subject, fromAddress, severity, org, servers }: ListedMse): ProposedRule {
  const text = withoutTags(subject).replace(/\s+/g, ' ').trim();
  // With a tag taken out of its middle the subject is no longer the text that mails contain.
  const isWhole = subject.includes(text);
  const pattern = patternOf(text, servers, isWhole ? '\\s+' : '.*');
  const sender: Comparison[] = fromAddress ? [{ field: 'from', op: 'equals', value: fromAddress }] : [];
  const shape: Comparison =
    pattern.isLiteral && isWhole
      ? { field: 'subject', op: 'contains', value: text }
      : { field: 'subject', op: 'regex', value: pattern.text };
  const all = text ? [...sender, shape] : sender;
  return {
    name: (text || `Mails from ${fromAddress || 'nobody'}`).slice(0, LONGEST_NAME),
    condition: { all: all.length > 0 ? all : [{ field: 'subject', op: 'equals', value: '' }] },
    actions: {
      ...(severity ? { severity } : {}),
      ...(org ? { org } : {}),
      ...(pattern.hasServer ? { servers: ['${server}'] } : {}),
    },
  };
}

/** What all mails of a family have in common; a family's mails differ, so that none of them is the pattern. */
export function proposeFamilyRule(
  mse: ListedMse,
  { sender, words }: { sender: string | null; words: readonly string[] },
): ProposedRule {
  const { name, actions, condition } = proposeRule(mse);
  const all: Comparison[] = [
    ...(sender === null ? [] : [{ field: 'from' as const, op: 'equals' as const, value: sender }]),
    ...words.map((word) => ({ field: 'subject' as const, op: 'contains' as const, value: word })),
  ];
  if (all.length === 0) return { name, actions, condition };
  const { servers: _servers, ...kept } = actions;
  return {
    name: [...words, sender ?? ''].join(' ').trim().slice(0, LONGEST_NAME),
    actions: kept,
    condition: { all },
  };
}

interface Pattern {
  text: string;
  isLiteral: boolean;
  hasServer: boolean;
}

/** Words that hold a number by itself change from mail to mail; a name such as db1 says which host and stays. */
const VARIABLE = /^[^\p{L}]*\d[^\p{L}]*(?:%|[kmgt]?i?b|ms|s|min|h|d|°?c)?[^\p{L}\d]*$/iu;
/** Everything but space; without those that end a sentence or a bracket. */
const WORD = /^([([{"'<]*)(.*?)([)\]}"'>,;:.!?]*)$/su;

function patternOf(subject: string, servers: readonly string[], gap: string): Pattern {
  let hasServer = false;
  let isLiteral = true;
  const words = subject.split(' ').map((word) => {
    const [, head = '', name = '', tail = ''] = WORD.exec(word) ?? [];
    if (!hasServer && servers.includes(name.toLowerCase())) {
      hasServer = true;
      isLiteral = false;
      return `${escape(head)}(?<server>[\\w.-]+)${escape(tail)}`;
    }
    if (!VARIABLE.test(word)) return escape(word);
    isLiteral = false;
    return '\\S+';
  });
  return { text: words.join(gap), isLiteral, hasServer };
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
