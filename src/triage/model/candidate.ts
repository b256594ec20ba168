/**
 * A model learnt anew, beside the present one. Both guess each mail that is taught before they learn it; after enough of
 * them the candidate takes over if it was at least as good, else it goes. Pure; kept by `candidate-store.ts`.
 */
import type { FieldModels } from './codec.ts';
import type { FeatureBag } from './features.ts';
import type { FieldModel } from './field-model.ts';

/** Mails that both have guessed before it is decided. */
export const TRIAL_MAILS = 100;

/** What is said of mail; people's changes of a parser's severity are learnt and tried with the severity. */
const TRIED_FIELDS = ['org', 'severity'] as const;
type TriedField = (typeof TRIED_FIELDS)[number];

interface Tally {
  said: number;
  right: number;
}

export interface Trial {
  /** Mails guessed by both. */
  mails: number;
  /** Fields of them that were taught. */
  asked: number;
  present: Tally;
  candidate: Tally;
}

export function newTrial(): Trial {
  return { mails: 0, asked: 0, present: { said: 0, right: 0 }, candidate: { said: 0, right: 0 } };
}

export class Candidate {
  readonly id: string;
  readonly fields: FieldModels;
  readonly trial: Trial;

  constructor(id: string, fields: FieldModels, trial: Trial = newTrial()) {
    this.id = id;
    this.fields = fields;
    this.trial = trial;
  }

  /** Call it before either learns the mail in the bag. */
  compare(
    bag: FeatureBag,
    present: FieldModels,
    taught: Partial<Record<TriedField, string | null | undefined>>,
  ): void {
    let isAsked = false;
    for (const field of TRIED_FIELDS) {
      const value = taught[field];
      if (!value) continue;
      isAsked = true;
      this.trial.asked += 1;
      count(this.trial.present, present[field], bag, value);
      count(this.trial.candidate, this.fields[field], bag, value);
    }
    if (isAsked) this.trial.mails += 1;
  }
}

function count(tally: Tally, model: FieldModel, bag: FeatureBag, value: string): void {
  const said = model.predict(bag);
  if (!said?.isSaid) return;
  tally.said += 1;
  if (said.value === value) tally.right += 1;
}

export type Verdict = 'on trial' | 'takes over' | 'goes';

/** At least as good: no less said, and of that no smaller share right. */
export function judgeTrial({ mails, present, candidate }: Trial): Verdict {
  if (mails < TRIAL_MAILS) return 'on trial';
  const saysEnough = candidate.said >= present.said;
  const isAsRight = candidate.right * present.said >= present.right * candidate.said;
  return saysEnough && isAsRight ? 'takes over' : 'goes';
}

export function describeTrial({ mails, asked, present, candidate }: Trial): string {
  const tell = ({ said, right }: Tally) => `${said} of ${asked} fields, ${right} rightly`;
  return `on ${mails} mails that were taught meanwhile it said ${tell(candidate)}; the present one ${tell(present)}`;
}
