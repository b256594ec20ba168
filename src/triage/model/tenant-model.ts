/**
 * A tenant's model in the memory of whoever triages the tenant: guesses, learns mail by mail, and knows what of it is
 * not saved yet. What a mail looks like to it is the same for a mail that has just come and for one that is stored.
 */
import type { MailState } from '../../events/mail-state.ts';
import type { Severity } from '../../events/severity.ts';
import type { Finding, Mse } from '../mse.ts';
import type { Candidate } from './candidate.ts';
import { newModels, type FieldModels } from './codec.ts';
import { FeatureBag, type ModelInput } from './features.ts';
import type { Field, FieldModel, Prediction } from './field-model.ts';

/** A person's word on one mail, with the mail as it is stored. */
export interface Lesson extends ModelInput {
  id: string;
  org: string | null;
  severity: Severity | null;
  /** What a parser had read, right or wrong. */
  parserSeverity: string | null;
  /** What a person took back; org and severity are then what stood there before, null for nothing. */
  wrongOrg: string | null;
  wrongSeverity: Severity | null;
}

/** Mails that a model was taught by, and by whom. */
export interface LearntFrom {
  tag: number;
  rule: number;
  person: number;
}

/** Outcomes in the tenant's own mail. */
const FEWEST_TO_KNOW = 20;

/** What a mistake costs decides how sure one must be. */
const LEAST_CONFIDENCE = {
  /** Nobody hurries because of good news or a report, whatever it is called. */
  harmless: 0.75,
  /** A look too many costs less than an outage that nobody looks at. */
  critical: 0.8,
  /** To call trouble less than critical may hide one. */
  less: 0.98,
};

/** Corrections that are heard of before they can be saved as learnt, in a turn or two. */
const MOST_REMEMBERED = 10_000;

export class TenantModel {
  fields: FieldModels;
  readonly bag = new FeatureBag();
  /** Of the stored state that this one continues; 0: none. */
  version: number;
  /** The versions that it came by, an int4multirange: what was taught in others is not in it. */
  knows = '{}';
  savedAt: Date | null = null;
  /** Why the stored state could not be used, for people. */
  note: string | null = null;
  /** Mails learnt since the last save. */
  unsaved = 0;
  /** Corrections learnt since the last save. */
  lessons = new Set<string>();
  learntFrom: LearntFrom = { tag: 0, rule: 0, person: 0 };
  /** Learnt anew and being tried. */
  candidate: Candidate | null = null;

  constructor(fields: FieldModels = newModels(), version = 0) {
    this.fields = fields;
    this.version = version;
  }

  /** What tags and rules say of the mail in the bag. Such mail is easier than what will be asked about. */
  learnMail(org: string | null, severity: Severity | null, by: 'tag' | 'rule'): void {
    if (!org && !severity) return;
    this.candidate?.compare(this.bag, this.fields, { org, severity });
    for (const { org: ofOrg, severity: ofSeverity } of this.#learners()) {
      if (org) ofOrg.teach(this.bag, org, false);
      if (severity) ofSeverity.teach(this.bag, severity, false);
    }
    this.unsaved += 1;
    this.learntFrom[by] += 1;
  }

  /** What a person said; each is learnt once. */
  learnLesson(lesson: Lesson): void {
    if (this.lessons.has(lesson.id) || this.lessons.size >= MOST_REMEMBERED) return;
    this.lessons.add(lesson.id);
    this.bag.read(lesson);
    const { org, severity, parserSeverity, wrongOrg, wrongSeverity } = lesson;
    this.candidate?.compare(this.bag, this.fields, { org, severity });
    for (const fields of this.#learners()) {
      this.#putRight(fields.org, org, wrongOrg);
      this.#putRight(fields.severity, severity, wrongSeverity);
      if (!parserSeverity) continue;
      const [right, wrong] = [severity, wrongSeverity].map(
        (said) => said && overrideOf(parserSeverity, said),
      );
      this.#putRight(fields.override, right, wrong);
    }
    this.learntFrom.person += 1;
  }

  /** @param wrong what was taught and taken back */
  #putRight(model: FieldModel, right: string | null | undefined, wrong: string | null | undefined): void {
    if (right) model.teachFirmly(this.bag, right);
    else if (wrong) model.unteach(this.bag, wrong);
  }

  #learners(): FieldModels[] {
    return this.candidate ? [this.fields, this.candidate.fields] : [this.fields];
  }

  /** False while only the house's samples have taught it. */
  get knowsTenant(): boolean {
    return this.fields.severity.calibration.outcomes.length >= FEWEST_TO_KNOW;
  }

  /** Of the mail in the bag; null when it had better not be said. */
  sayOrg(): Finding<string> | null {
    const said = this.#predict('org');
    return said?.isSaid ? this.#find('org', said.value, said) : null;
  }

  /** @param state of the mail: what a mistake costs depends on it */
  saySeverity(state: MailState | null): Finding<Severity> | null {
    const said = this.#predict('severity');
    const value = said?.value as Severity;
    return said && this.#isWorthSaying(value, state, said) ? this.#find('severity', value, said) : null;
  }

  /** What people make of a severity that a parser read, when they were taught to make something else of it. */
  sayOverride(parserSeverity: Severity, state: MailState | null): Finding<Severity> | null {
    const said = this.#predict('override');
    if (!said?.isSaid) return null;
    const [from, to] = said.value.split('>') as [Severity, Severity];
    if (from !== parserSeverity || to === parserSeverity) return null;
    if (isTrouble(state) && to !== 'critical' && said.confidence < LEAST_CONFIDENCE.less) return null;
    const finding = this.#find('override', to, said);
    return { ...finding, reason: `people put such mails right from ${from} to ${to}; ${finding.reason}` };
  }

  #isWorthSaying(value: Severity, state: MailState | null, { isSaid, confidence }: Prediction): boolean {
    if (isTrouble(state)) {
      if (value !== 'critical') return isSaid && confidence >= LEAST_CONFIDENCE.less;
      return isSaid || (this.fields.severity.calibration.isTried && confidence >= LEAST_CONFIDENCE.critical);
    }
    return isSaid || (isGood(state) && value === 'info' && confidence >= LEAST_CONFIDENCE.harmless);
  }

  #predict(field: Field): Prediction | null {
    return this.fields[field].predict(this.bag);
  }

  #find<T>(field: Field, value: T, said: Prediction): Finding<T> {
    const model = this.fields[field];
    const clues = model.clues(this.bag, said);
    return {
      value,
      source: 'model',
      confidence: said.confidence,
      reason: model.reason(clues, said),
      clues,
    };
  }
}

function isTrouble(state: MailState | null): boolean {
  return state === 'problem' || state === 'failure';
}

function isGood(state: MailState | null): boolean {
  return state === 'success' || state === 'recovery' || state === 'report';
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
