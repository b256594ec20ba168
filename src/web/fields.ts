/** What a form sent. */
import express, { type Request } from 'express';

/** Ticking ten thousand mails for a split is the largest form. */
export const formParser = express.urlencoded({ extended: true, limit: '1mb', parameterLimit: 20_000 });

export type Fields = Record<string, unknown>;

export function fieldsOf(request: Request): Fields {
  return (request.body ?? {}) as Fields;
}

/** A field's text; the empty text when it is absent or a list. */
export function textField(request: Request, name: string): string {
  const value = fieldsOf(request)[name];
  return typeof value === 'string' ? value : '';
}
