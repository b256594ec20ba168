/**
 * How triage gets better while a history is imported with people's corrections: of each corrected mail, what was said
 * before the correction was known, per thousand mails. Pure.
 */
import type { Correction } from '../triage/correct.ts';
import type { ListedMse } from '../triage/list-mses.ts';

export const CURVE_FIELDS = ['org', 'severity'] as const;
export type CurveField = (typeof CURVE_FIELDS)[number];

export interface CurveScore {
  /** Corrections that tell the field. */
  asked: number;
  /** Of these, the share that was said rightly; nothing said is wrong. Null when none was asked. */
  accuracy: number | null;
  /** The share about which something was said. */
  coverage: number | null;
}

/** The mails from one number of the import, counted from 1, to another, both included. */
export type CurveRow = { from: number; to: number } & Record<CurveField, CurveScore>;

interface Tally {
  asked: number;
  said: number;
  right: number;
}

export const MAILS_PER_ROW = 1000;

export class LearningCurve {
  #mails = 0;
  #told = 0;
  readonly #rows: Record<CurveField, Tally>[] = [];

  /** A corrected mail as triage left it; `position` counts the mails read, from 0. */
  note(position: number, said: Pick<ListedMse, CurveField>, correction: Pick<Correction, CurveField>): void {
    const row = (this.#rows[Math.floor(position / MAILS_PER_ROW)] ??= {
      org: newTally(),
      severity: newTally(),
    });
    for (const field of CURVE_FIELDS) {
      const truth = correction[field];
      if (!truth) continue;
      row[field].asked += 1;
      if (said[field] !== null) row[field].said += 1;
      if (said[field] === truth) row[field].right += 1;
    }
  }

  /** All mails before this number have been noted. @returns the rows that this has made complete */
  reach(mails: number, isEnd: boolean): CurveRow[] {
    this.#mails = mails;
    const complete = isEnd ? Math.ceil(mails / MAILS_PER_ROW) : Math.floor(mails / MAILS_PER_ROW);
    const fresh = this.rows().slice(this.#told, complete);
    this.#told = complete;
    return fresh;
  }

  rows(): CurveRow[] {
    return Array.from({ length: Math.ceil(this.#mails / MAILS_PER_ROW) }, (_none, index) => {
      const { org, severity } = this.#rows[index] ?? { org: newTally(), severity: newTally() };
      return {
        from: index * MAILS_PER_ROW + 1,
        to: Math.min(this.#mails, (index + 1) * MAILS_PER_ROW),
        org: scoreOf(org),
        severity: scoreOf(severity),
      };
    });
  }
}

function newTally(): Tally {
  return { asked: 0, said: 0, right: 0 };
}

function scoreOf({ asked, said, right }: Tally): CurveScore {
  return {
    asked,
    accuracy: asked === 0 ? null : right / asked,
    coverage: asked === 0 ? null : said / asked,
  };
}
