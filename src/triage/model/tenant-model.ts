/**
 * A tenant's model in the memory of whoever triages the tenant: guesses, learns mail by mail, and knows what of it is
 * not saved yet. What a mail looks like to it is the same for a mail that has just come and for one that is stored.
 */
import type { Severity } from '../../events/severity.ts';
import type { Finding, Mse } from '../mse.ts';
import { newModels, type FieldModels } from './codec.ts';
import { FeatureBag, type ModelInput } from './features.ts';
import type { Field } from './field-model.ts';

/** A person's word on one mail, with the mail as it is stored. */
export interface Lesson extends ModelInput {
  id: string;
  org: string | null;
  severity: Severity | null;
  /** What a parser had read, right or wrong. */
  parserSeverity: string | null;
}

/** Corrections that are heard of before they can be saved as learnt, in a turn or two. */
const MOST_REMEMBERED = 10_000;

export class TenantModel {
  readonly fields: FieldModels;
  readonly bag = new FeatureBag();
  /** Of the stored state that this one continues; 0: none. */
  version: number;
  savedAt: Date | null = null;
  /** Why the stored state could not be used, for people. */
  note: string | null = null;
  /** Mails learnt since the last save. */
  unsaved = 0;
  /** Corrections learnt since the last save. */
  lessons = new Set<string>();

  constructor(fields: FieldModels = newModels(), version = 0) {
    this.fields = fields;
    this.version = version;
  }

  /** What a person said; each is learnt once. */
  learnLesson(lesson: Lesson): void {
    if (this.lessons.has(lesson.id) || this.lessons.size >= MOST_REMEMBERED) return;
    this.lessons.add(lesson.id);
    this.bag.read(lesson);
    if (lesson.org) this.fields.org.teachFirmly(this.bag, lesson.org);
    if (!lesson.severity) return;
    this.fields.severity.teachFirmly(this.bag, lesson.severity);
    if (lesson.parserSeverity)
      this.fields.override.teachFirmly(this.bag, overrideOf(lesson.parserSeverity, lesson.severity));
  }

  /** Of the mail in the bag; null when it had better not be said. */
  sayOrg(): Finding<string> | null {
    return this.#say('org', (value) => value);
  }

  saySeverity(): Finding<Severity> | null {
    return this.#say('severity', (value) => value as Severity);
  }

  /** What people make of a severity that a parser read, when they were taught to make something else of it. */
  sayOverride(parserSeverity: Severity): Finding<Severity> | null {
    const said = this.#say('override', (value) => value);
    const [from, to] = said?.value.split('>') ?? [];
    if (!said || from !== parserSeverity || to === parserSeverity) return null;
    const reason = `people put such mails right from ${from} to ${to}; ${said.reason}`;
    return { ...said, value: to as Severity, reason };
  }

  #say<T>(field: Field, read: (value: string) => T): Finding<T> | null {
    const model = this.fields[field];
    const prediction = model.predict(this.bag);
    if (!prediction?.isSaid) return null;
    const { value, confidence } = prediction;
    return { value: read(value), source: 'model', confidence, reason: model.reason(this.bag, prediction) };
  }
}

function overrideOf(read: string, said: string): string {
  return `${read}>${said}`;
}

/** A mail on its way through triage; equal to what `store.ts` reads of a stored one. */
export function inputOf({ mail, findings, reading, templateId }: Mse): ModelInput {
  return {
    subject: mail.subject,
    text: mail.text,
    from: mail.from.address,
    hosts: findings.servers?.value,
    tool: reading?.tool,
    service: reading?.service,
    templateId,
    state: findings.state?.value,
  };
}
