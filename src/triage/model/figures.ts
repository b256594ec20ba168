/** How much a model has learnt and how far it may be believed, as it is saved with each version. */
import { FIELDS, type Field, type FieldModel } from './field-model.ts';
import type { LearntFrom, TenantModel } from './tenant-model.ts';

export interface ClassFigures {
  value: string;
  /** Mails learnt. */
  learnt: number;
  /** Of the newest mails that were guessed before they were taught: how many were said to be it, and rightly. */
  said: number;
  right: number;
}

export interface FieldFigures {
  learnt: number;
  /** Below this confidence nothing is said. */
  threshold: number;
  /** The newest mails that were guessed before they were taught. */
  judged: number;
  said: number;
  right: number;
  classes: ClassFigures[];
}

export type Figures = Record<Field, FieldFigures> & { from: LearntFrom };

/** An installation with a thousand orgs looks at the most frequent. */
const MOST_CLASSES_SHOWN = 100;

export function figuresOf({ fields, learntFrom }: TenantModel): Figures {
  const figures = FIELDS.map((field) => [field, figuresOfField(fields[field])]);
  return { ...Object.fromEntries(figures), from: learntFrom } as Figures;
}

function figuresOfField({ linear, calibration }: FieldModel): FieldFigures {
  const precision = calibration.precision();
  const classes = linear.classes.map((value, index) => ({
    value,
    learnt: linear.counts[index] ?? 0,
    said: precision.get(index)?.said ?? 0,
    right: precision.get(index)?.right ?? 0,
  }));
  classes.sort((a, b) => b.learnt - a.learnt);
  return {
    learnt: linear.learnt,
    threshold: calibration.threshold,
    judged: calibration.outcomes.length,
    said: classes.reduce((sum, { said }) => sum + said, 0),
    right: classes.reduce((sum, { right }) => sum + right, 0),
    classes: classes.slice(0, MOST_CLASSES_SHOWN),
  };
}

const NOTHING: FieldFigures = { learnt: 0, threshold: 1, judged: 0, said: 0, right: 0, classes: [] };

/** Versions that an older DaTamer saved have fewer figures. */
export function readFigures(stored: unknown): Figures {
  const given = (stored ?? {}) as Partial<Record<Field, Partial<FieldFigures>>> & {
    from?: Partial<LearntFrom>;
  };
  const figures = FIELDS.map((field) => [field, { ...NOTHING, ...given[field] }]);
  const from: LearntFrom = { tag: 0, rule: 0, person: 0, ...given.from };
  return { ...Object.fromEntries(figures), from } as Figures;
}
