/**
 * Writes from pages: every write of the API is also a plain form on the same path without /api/v1 (contract §5),
 * with the same field names. Answered by 303 to where the form was; a fault comes back to the form with what was typed.
 */
import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import { may } from '../accounts/role.ts';
import { type AppError, Forbidden, joinFaults } from '../kernel/errors.ts';
import { groupBy } from '../kernel/group-by.ts';
import { operations } from './api/operations.ts';
import { fieldsOf, formParser, textField, type Fields } from './fields.ts';
import { bodyFromForm } from './form-body.ts';
import { handle, type Identity } from './handle.ts';
import { asAppError } from './middleware/errors.ts';
import type { Operation, Services, Told } from './operation.ts';
import type { PageScope } from './page.ts';
import { capitalise } from './presenters/capitalise.ts';
import { seeOther } from './see-other.ts';

export function formsRouter(services: Services, identityOf: (request: Request) => Identity): Router {
  const router = Router();
  const writes = operations.filter(({ method }) => method !== 'get');
  for (const [path, sharing] of groupBy(writes, (operation) => operation.path)) {
    router.post(path.replaceAll(/\{(\w+)\}/g, ':$1'), formParser, (request, response, next) => {
      submit(choose(sharing, request), services, identityOf(request), request, response).catch(next);
    });
  }
  return router;
}

/** Browsers send forms by POST only: `_method` says PATCH or DELETE. */
function choose(sharing: readonly Operation[], request: Request): Operation {
  const wanted = textField(request, '_method').toLowerCase() || 'post';
  const chosen = sharing.find(({ method }) => method === wanted) ?? sharing[0];
  if (!chosen) throw new Error('a path has at least one operation');
  return chosen;
}

async function submit(
  operation: Operation,
  services: Services,
  identity: Identity,
  request: Request,
  response: Response,
): Promise<void> {
  if (!may(identity.role, operation.permission)) {
    throw new Forbidden(
      `The role ${identity.role} may not do this. Ask an admin of your tenant.`,
      'not-permitted',
    );
  }
  try {
    const body = readBody(operation, fieldsOf(request));
    const answer = await handle(operation, services, identity, request, body);
    announce(operation, services, request, body, answer);
    seeOther(response, afterwards(request, answer));
  } catch (error) {
    const problem = asAppError(error);
    if (!canBeCorrected(problem)) throw error;
    returnToForm(request, response, problem, operation);
  }
}

/** What was typed can be changed and sent again; a stale version needs a look at what changed first. */
function canBeCorrected({ status, code }: AppError): boolean {
  return status === 400 || (status === 409 && CORRECTABLE_CONFLICTS.has(code));
}

const CORRECTABLE_CONFLICTS = new Set([
  'already-member',
  'already-subscribed',
  'address-taken',
  'group-exists',
  'last-admin',
  'policy-exists',
  'too-many-policies',
  'rota-exists',
  'rota-in-use',
  'group-in-use',
  'channel-in-use',
  'too-many-rotas',
  'too-many-overrides',
  'schedule-exists',
  'too-many-silences',
  'channel-exists',
  'channel-in-use',
  'too-many-channels',
  'too-many-report-mails',
  'not-active',
]);

/** What was done, in the form's own words (`_done`) or the operation's; and an answer that only the next page can show. */
function announce(
  operation: Operation,
  services: Services,
  request: Request,
  body: unknown,
  answer: unknown,
): void {
  const words = textField(request, '_done');
  const told: Told | undefined = words ? { kind: 'ok', message: words } : operation.tell?.(answer, body);
  if (!told && !operation.showsAnswer) return;
  const message = operation.showsAnswer ? '' : (told?.message ?? '');
  request.session.flash = {
    kind: 'ok',
    ...told,
    message,
    faults: [],
    values: typedValues(request, operation),
  };
  if (!operation.showsAnswer) return;
  // A token's text waits in the table of sessions for a moment: sealed, as every secret there.
  request.session.flash.answer = services.secrets.seal(JSON.stringify(answer)).toString('base64');
}

/** What the form that led here was answered, if its operation shows it. */
export function shownAnswer<Answer extends z.ZodType>(
  { flash, services }: PageScope,
  answer: Answer,
): z.output<Answer> | null {
  if (!flash?.answer) return null;
  const found = answer.safeParse(JSON.parse(services.secrets.open(Buffer.from(flash.answer, 'base64'))));
  return found.success ? found.data : null;
}

function readBody({ body, readForm }: Operation, fields: Fields): Record<string, unknown> {
  if (!body) return {};
  return readForm?.(fields) ?? bodyFromForm(body, fields);
}

/** Where the form says, with `{id}` for what was made; else where it was. */
function afterwards(request: Request, answer: unknown): string {
  const wanted = fieldsOf(request)['_next'];
  if (typeof wanted !== 'string' || !isOwnPath(wanted)) return whereFrom(request);
  if (!wanted.includes('{id}')) return wanted;
  const id = (answer as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? wanted.replace('{id}', encodeURIComponent(id)) : whereFrom(request);
}

/** A path on this site: `//evil.example` and `/\evil.example` are none. */
export function isOwnPath(text: string): boolean {
  return /^\/(?![/\\])/.test(text) && !/[\r\n\t]/.test(text);
}

export function whereFrom(request: Request): string {
  // A form on a page that was itself the answer to a form says where to look at it.
  const back = textField(request, '_back');
  if (isOwnPath(back)) return back;
  const referer = request.get('referer');
  if (!referer || !URL.canParse(referer)) return '/';
  const { pathname, search } = new URL(referer);
  return isOwnPath(pathname) ? pathname + search : '/';
}

/** The faults and what was typed wait in the session for the page that the form is on. */
export function returnToForm(
  request: Request,
  response: Response,
  problem: AppError,
  operation?: Operation,
): void {
  const values = typedValues(request, operation);
  request.session.flash = { kind: 'bad', message: describeRefusal(problem), faults: problem.faults, values };
  seeOther(response, whereFrom(request));
}

/** By the names of a form's labels rather than those of the API, wherever nobody has worded it as a whole. */
function describeRefusal({ message, faults }: AppError): string {
  if (faults.length === 0 || message !== joinFaults(faults)) return message;
  return faults.map((fault) => `${labelOf(fault.field)}${fault.message}`).join(' ');
}

/** `quietHours.to` → `Quiet hours to: `; the place in a list is seen at the field. */
function labelOf(field: string): string {
  const parts = field
    .split('.')
    .filter((part) => !/^\d+$/.test(part) && part !== 'settings' && part !== 'body');
  const words = parts.map((part) => part.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`));
  return words.length > 0 ? `${capitalise(words.join(' '))}: ` : '';
}

/** Passwords and what else is secret are typed again rather than kept or sent back. */
function typedValues(request: Request, operation?: Operation): Fields {
  const fields = fieldsOf(request);
  const secret = new Set(operation?.secretsIn?.(fields) ?? []);
  return withoutFields(fields, (name) => secret.has(name) || /password/i.test(name));
}

function withoutFields(fields: Fields, isLeftOut: (name: string) => boolean): Fields {
  const kept = Object.entries(fields).filter(([name]) => !isLeftOut(name));
  return Object.fromEntries(
    kept.map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? withoutFields(value as Fields, isLeftOut)
        : value,
    ]),
  );
}
