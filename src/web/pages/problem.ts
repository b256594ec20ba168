/** What went wrong, as a page: what happened, what to do next, and what was typed. */
import type { Request } from 'express';
import type { AppError } from '../../kernel/errors.ts';
import { fieldsOf, whereFrom } from '../forms.ts';
import type { View } from '../page.ts';

const HEADINGS: Record<number, string> = {
  400: 'Not saved',
  403: 'Not allowed',
  404: 'There is nothing here',
  409: 'Not saved: changed meanwhile',
  413: 'Too large',
  503: 'Try again in a minute',
};

export function presentProblem(problem: AppError, request: Request): View {
  const heading = HEADINGS[problem.status] ?? 'Something went wrong';
  return {
    view: 'problem',
    title: heading,
    status: problem.status,
    data: {
      heading,
      status: problem.status,
      code: problem.code,
      message: problem.message,
      faults: problem.faults,
      isConflict: problem.status === 409,
      back: request.method === 'GET' ? '/' : whereFrom(request),
      typed: typedTexts(request),
    },
  };
}

/** Free text that somebody wrote must not be lost with a refused form. */
function typedTexts(request: Request): { name: string; text: string }[] {
  return Object.entries(fieldsOf(request)).flatMap(([name, text]) =>
    !name.startsWith('_') && ['note', 'text'].includes(name) && typeof text === 'string' && text.trim()
      ? [{ name, text }]
      : [],
  );
}
