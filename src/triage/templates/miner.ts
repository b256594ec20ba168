/**
 * Gathers lines under templates, one by one as they come: an own online miner.
 *
 * 1. What varies at sight is masked (mask.ts); most lines are then found by their masked text.
 * 2. A line that differs from a template in one word, where that has a masked part, belongs to it.
 * 3. Lines that are equal but for one word stand in a column. Once enough different words stand there (is-variable.ts)
 *    the word is a variable: one wider template takes all of them in, and may itself stand in columns for other words.
 *
 * A template that was taken in says by which; whoever keeps ids follows `current`. Memory is bounded: at most `limit`
 * templates, those not seen for longest go.
 */
import { newId } from '../../kernel/ids.ts';
import { MARK, WORD_MARK } from './characters.ts';
import { isVariable, mayBeValue } from './is-variable.ts';
import { maskLine } from './mask.ts';
import {
  fits,
  readShape,
  skeletonOf,
  sumWith,
  textOf,
  VARIABLE,
  VARIABLE_WORD,
  widen,
  type Shape,
} from './shape.ts';

export interface Template {
  readonly id: string;
  /** Only lines of one source are compared. */
  readonly source: string;
  readonly shape: Shape;
  count: number;
  readonly firstSeenAt: Date;
  lastSeenAt: Date;
  /** The wider template that took this one in. */
  mergedInto: Template | null;
  /** Order of last use. */
  use: number;
  /** As last written to the database. */
  saved?: { count: number; lastSeenAt: Date };
}

/** Attack: 100,000 distinct lines. A template with its columns takes about three kilobytes. */
export const MOST_TEMPLATES = 5000;

/** When the limit is reached this share goes at once, so that looking for the oldest is rare. */
const SHARE_TO_AGE_OUT = 0.1;

/** Masked texts whose template is known without looking for it; dropped as a whole when full. */
const MOST_KNOWN = 20_000;

/** Attack: a column or a skeleton with thousands of templates, each to be compared with every new line. */
const MOST_IN_COLUMN = 32;
const MOST_IN_SKELETON = 64;

export class TemplateMiner {
  readonly #limit: number;
  readonly #known = new Map<string, Template>();
  /** The same for texts that are a wider template's; what a new template might take away from it is looked for anew. */
  readonly #knownWider = new Map<string, Template>();
  readonly #bySum = new Map<number, Template>();
  /** Templates that are equal but for one word, by their sum with a variable in its place. */
  readonly #columns = new Map<number, Template[]>();
  /** Templates with variable words, by skeleton. */
  readonly #widened = new Map<number, Template[]>();
  #touched = new Set<Template>();
  #gone: Template[] = [];
  #uses = 0;

  constructor(limit = MOST_TEMPLATES) {
    this.#limit = limit;
  }

  /** Templates in use. */
  get size(): number {
    return this.#bySum.size;
  }

  /** The template of a line. The line counts for it. */
  mine(line: string, now: Date, source = ''): Template {
    const masked = maskLine(line);
    const key = source === '' ? masked : `${source}\n${masked}`;
    const template = this.#known.get(key) ?? this.#knownWider.get(key);
    const found = template ? current(template) : this.#findAndKnow(masked.toWellFormed(), key, now, source);
    found.count += 1;
    found.lastSeenAt = now;
    found.use = this.#uses += 1;
    this.#touched.add(found);
    return found;
  }

  /** Templates in use, those not seen for longest first. */
  templates(): Template[] {
    return [...this.#bySum.values()].sort((a, b) => a.use - b.use);
  }

  /** What has happened since the last call: templates that counted or were taken in, and those that aged out. */
  takeChanges(): { touched: Template[]; gone: Template[] } {
    const changes = { touched: [...this.#touched], gone: this.#gone };
    this.#touched = new Set();
    this.#gone = [];
    return changes;
  }

  /** Takes up a template of a former life. Those not seen for longest come first. */
  restore(template: Omit<Template, 'mergedInto' | 'use'>): Template {
    const restored = { ...template, mergedInto: null, use: (this.#uses += 1) };
    this.#enter(restored);
    return restored;
  }

  #findAndKnow(masked: string, key: string, now: Date, source: string): Template {
    const shape = readShape(masked, source);
    const template = this.#find(shape, now, source);
    const known = template.shape.sum === shape.sum ? this.#known : this.#knownWider;
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, template);
    return template;
  }

  #find(shape: Shape, now: Date, source: string): Template {
    return (
      this.#bySum.get(shape.sum) ??
      this.#findMasked(shape) ??
      this.#findWidened(shape) ??
      this.#add(shape, now, source)
    );
  }

  #findMasked(shape: Shape): Template | undefined {
    for (const place of wordsOf(shape)) {
      const template = this.#bySum.get(sumWith(shape, place, VARIABLE));
      if (template && mayBeValue(shape, place)) return template;
    }
    return undefined;
  }

  #findWidened(shape: Shape): Template | undefined {
    return this.#widened.get(skeletonOf(shape))?.find((template) => fits(shape, template.shape));
  }

  #add(shape: Shape, now: Date, source: string): Template {
    if (this.#bySum.size >= this.#limit) this.#ageOut();
    const template: Template = {
      id: newId(now),
      source,
      shape,
      count: 0,
      firstSeenAt: now,
      lastSeenAt: now,
      mergedInto: null,
      use: (this.#uses += 1),
    };
    this.#enter(template);
    this.#takeInValues(template);
    this.#widenWhereVariable(template, now);
    return current(template);
  }

  #enter(template: Template): void {
    const { shape } = template;
    this.#bySum.set(shape.sum, template);
    for (const place of wordsOf(shape)) {
      put(this.#columns, sumWith(shape, place, VARIABLE_WORD), template, MOST_IN_COLUMN);
    }
    if (shape.hashes.includes(VARIABLE_WORD)) {
      put(this.#widened, skeletonOf(shape), template, MOST_IN_SKELETON);
    }
    if (shape.hashes.includes(VARIABLE) || shape.hashes.includes(VARIABLE_WORD)) this.#knownWider.clear();
  }

  #leave(template: Template): void {
    const { shape } = template;
    if (this.#bySum.get(shape.sum) === template) this.#bySum.delete(shape.sum);
    for (const place of wordsOf(shape)) {
      remove(this.#columns, sumWith(shape, place, VARIABLE_WORD), template);
    }
    if (shape.hashes.includes(VARIABLE_WORD)) remove(this.#widened, skeletonOf(shape), template);
  }

  /** Templates that have a word where the new one has a masked part. */
  #takeInValues(template: Template): void {
    const { shape } = template;
    for (const [place, hash] of shape.hashes.entries()) {
      if (hash !== VARIABLE) continue;
      for (const narrow of [...(this.#columns.get(sumWith(shape, place, VARIABLE_WORD)) ?? [])]) {
        if (narrow !== template && narrow.shape.isWord[place] && mayBeValue(narrow.shape, place))
          this.#merge(narrow, template);
      }
    }
  }

  #widenWhereVariable(template: Template, now: Date): void {
    for (const place of wordsOf(template.shape)) {
      const column = this.#columns.get(sumWith(template.shape, place, VARIABLE_WORD)) ?? [];
      if (column.length < 2) continue;
      const shapes = column.map(({ shape }) => shape);
      if (!isVariable(shapes, place)) continue;
      const wide = widen(template.shape, place);
      const wider = this.#bySum.get(wide.sum) ?? this.#addWide(wide, column, now);
      for (const narrow of [...column]) this.#merge(narrow, wider);
      this.#settleWider(wider, now);
      return;
    }
  }

  #addWide(shape: Shape, column: readonly Template[], now: Date): Template {
    const [oldest] = column;
    const wider: Template = {
      id: newId(now),
      source: oldest?.source ?? '',
      shape,
      count: 0,
      firstSeenAt: oldest?.firstSeenAt ?? now,
      lastSeenAt: now,
      mergedInto: null,
      use: (this.#uses += 1),
    };
    this.#enter(wider);
    return wider;
  }

  /** A wider template may take in more: what fits it, and columns of its own. */
  #settleWider(wider: Template, now: Date): void {
    for (const other of [...(this.#widened.get(skeletonOf(wider.shape)) ?? [])]) {
      if (other !== wider && fits(other.shape, wider.shape)) this.#merge(other, wider);
    }
    this.#widenWhereVariable(wider, now);
  }

  #merge(narrow: Template, wider: Template): void {
    if (narrow === wider || narrow.mergedInto) return;
    this.#leave(narrow);
    narrow.mergedInto = wider;
    wider.count += narrow.count;
    this.#touched.add(narrow);
    this.#touched.add(wider);
  }

  #ageOut(): void {
    const oldest = this.templates().slice(0, Math.ceil(this.#limit * SHARE_TO_AGE_OUT));
    for (const template of oldest) {
      this.#leave(template);
      this.#touched.delete(template);
      this.#gone.push(template);
    }
    this.#known.clear();
    this.#knownWider.clear();
  }
}

/** The template that a mined one has become. */
export function current(template: Template): Template {
  let at = template;
  while (at.mergedInto) at = at.mergedInto;
  return at;
}

/** As people read it: variable parts are `<*>`. */
export function readableTemplate(shape: Shape): string {
  return readableText(textOf(shape));
}

/** The same for a template's text from the database. */
export function readableText(text: string): string {
  return text.replaceAll(MARK, '<*>').replaceAll(WORD_MARK, '<*>');
}

function* wordsOf({ isWord }: Shape): Generator<number> {
  for (const [place, is] of isWord.entries()) if (is) yield place;
}

function put(map: Map<number, Template[]>, sum: number, template: Template, most: number): void {
  const list = map.get(sum);
  if (!list) map.set(sum, [template]);
  else if (list.length < most) list.push(template);
}

function remove(map: Map<number, Template[]>, sum: number, template: Template): void {
  const list = map.get(sum);
  const at = list?.indexOf(template) ?? -1;
  if (!list || at < 0) return;
  if (list.length === 1) map.delete(sum);
  else list.splice(at, 1);
}
