/**
 * The templates of a tenant's mails. A mail's template is its subject's; a subject that says nothing ("Alert", "") has
 * the first line of the text behind it. The lines of texts have templates of their own, so that a mail's template can
 * say which lines its mails have in common.
 */
import type { ReadMail } from '../../inbound/parse/read-mail.ts';
import { withoutTags } from '../tags/grammar.ts';
import { FrequentItems } from './frequent-items.ts';
import { hasContent } from './is-variable.ts';
import { current, TemplateMiner, type Template } from './miner.ts';

/** What tells mails apart stands in front; a log excerpt below would only cost time. */
const MOST_LINES = 50;

/** Attack: a megabyte of empty or quoted lines in front of the first to be mined. */
const MOST_LINES_LOOKED_AT = 200;

export class MailTemplates {
  readonly subjects: TemplateMiner;
  readonly lines: TemplateMiner;
  /** How often the lines stood in the mails of a subject's template. */
  readonly #frequent = new Map<Template, FrequentItems<Template>>();

  constructor(limit?: number) {
    this.subjects = new TemplateMiner(limit);
    this.lines = new TemplateMiner(limit);
  }

  /** The template of a mail. Only mails of one source are compared. */
  mine({ subject, text }: Pick<ReadMail, 'subject' | 'text'>, source: string, now: Date): Template {
    const lines = linesToMine(text);
    const template = this.subjects.mine(shapeGiving(withoutTags(subject), lines[0]), now, source);
    const frequent = this.frequentLines(template);
    const seen = new Set<Template>();
    for (const line of lines) seen.add(this.lines.mine(line, now, source));
    for (const line of seen) frequent.add(line);
    return template;
  }

  frequentLines(template: Template): FrequentItems<Template> {
    let frequent = this.#frequent.get(template);
    if (!frequent) this.#frequent.set(template, (frequent = new FrequentItems()));
    return frequent;
  }

  /** What has changed since the last call; what was merged or aged out is put in order here. */
  takeChanges(): { touched: { kind: Kind; template: Template }[]; gone: Template[] } {
    const subjects = this.subjects.takeChanges();
    const lines = this.lines.takeChanges();
    for (const template of subjects.gone) this.#frequent.delete(template);
    for (const template of subjects.touched) if (template.mergedInto) this.#moveFrequent(template);
    return {
      touched: [
        ...lines.touched.map((template) => ({ kind: 'line' as const, template })),
        ...subjects.touched.map((template) => ({ kind: 'subject' as const, template })),
      ],
      gone: [...lines.gone, ...subjects.gone],
    };
  }

  #moveFrequent(template: Template): void {
    const moved = this.#frequent.get(template);
    this.#frequent.delete(template);
    const into = this.frequentLines(current(template));
    for (const [line, count] of moved?.entries() ?? []) into.add(current(line), count);
  }
}

export type Kind = 'subject' | 'line';

function shapeGiving(subject: string, firstLine: string | undefined): string {
  if (!firstLine || hasContent(subject)) return subject;
  return subject === '' ? firstLine : `${subject} | ${firstLine}`;
}

const QUOTED = '>';
const SIGNATURE = '-- ';

/** The first lines that the sender wrote: neither empty nor quoted, nor a signature. */
function linesToMine(text: string): string[] {
  const lines: string[] = [];
  let at = 0;
  for (
    let seen = 0;
    seen < MOST_LINES_LOOKED_AT && lines.length < MOST_LINES && at < text.length;
    seen += 1
  ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(at, end);
    at = end + 1;
    if (line === SIGNATURE) break;
    if (!line.startsWith(QUOTED) && line.trim() !== '') lines.push(line);
  }
  return lines;
}
