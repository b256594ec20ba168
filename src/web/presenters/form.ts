/** A form with its present values; after a refusal with what was typed, and what is wrong at each field. */
import type { Flash } from '../session.ts';

export interface ShownField {
  id: string;
  name: string;
  value: string;
  fault: string | null;
}

export type ShownForm<Name extends string> = Record<Name, ShownField> & {
  /** Goes with the form as `_form`, so that of several on a page only the one that was sent is filled in again. */
  key: string;
  /** True when this form was refused. */
  isRefused: boolean;
};

/** @param values the present value of every field; @param key the form's name on its page */
export function presentForm<Name extends string>(
  flash: Flash | null,
  key: string,
  values: Record<Name, string | number | boolean | null>,
): ShownForm<Name> {
  const sent = flash?.values['_form'] === key ? flash : null;
  const fields = Object.entries<string | number | boolean | null>(values).map(
    ([name, present]): [string, ShownField] => {
      const typed = sent?.values[name];
      return [
        name,
        {
          id: `${key}-${name}`,
          name,
          value: typeof typed === 'string' ? typed : String(present ?? ''),
          fault:
            sent?.faults.find(({ field }) => field === name || field.startsWith(`${name}.`))?.message ?? null,
        },
      ];
    },
  );
  const form: object = { ...Object.fromEntries(fields), key, isRefused: sent?.kind === 'bad' };
  return form as ShownForm<Name>;
}

/** Options of a select, with the chosen one marked. */
export function presentOptions(options: readonly (readonly [value: string, word: string])[], chosen: string) {
  return options.map(([value, word]) => ({ value, word, isChosen: value === chosen }));
}
