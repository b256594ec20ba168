/** Runs an operation for a request: validates what came in, opens the tenant's transaction, shapes the answer. */
import type { Request } from 'express';
import type { z } from 'zod';
import type { Actor, Role } from '../accounts/role.ts';
import { getTenant } from '../accounts/tenants.ts';
import { inTenant, type Tx } from '../db/transaction.ts';
import { Invalid, NotFound, type Fault } from '../kernel/errors.ts';
import { isUuid, type TenantId } from '../kernel/ids.ts';
import { RawAnswer, type Operation, type Scope, type Services } from './operation.ts';
import { wordIssue } from './word-issue.ts';

/** Who asks, as the API's token or the browser's session said. */
export interface Identity {
  tenantId: TenantId;
  actor: Actor;
  role: Role;
}

/** @throws what the operation throws, Invalid, NotFound */
export async function handle(
  operation: Operation,
  services: Services,
  identity: Identity,
  request: Request,
  body: unknown,
): Promise<unknown> {
  const input = {
    params: { id: readId(operation, request) },
    query: validate(operation.query, request.query, 'query'),
    body: validate(operation.body, body ?? {}, 'body'),
    accepts: (contentType: string) => request.accepts(['application/json', contentType]) === contentType,
  };
  const answer = await inScope(services, identity, operation.waitsForOthers ?? false, (scope) =>
    operation.handle(scope, input),
  );
  if (operation.method !== 'get') wakeAfter(operation, services);
  return answer instanceof RawAnswer ? answer : operation.answer.parse(answer);
}

/** The write is committed: whoever acts on it need not wait for the next turn. */
function wakeAfter({ path }: Operation, { wake }: Services): void {
  if (path.startsWith('/events')) wake('something to tell');
  if (path.startsWith('/mailboxes')) wake('mailboxes changed');
  if (path.startsWith('/schedules')) wake('schedules changed');
  if (path.startsWith('/quarantine')) wake('mail to be read again');
}

/** A path's id that is none belongs to nothing. */
function readId(operation: Operation, request: Request): string {
  const id = request.params['id'];
  if (typeof id !== 'string') return '';
  if (!isUuid(id)) throw new NotFound(operation.path.split('/')[1]?.replace(/s$/, '') ?? 'thing');
  return id;
}

export async function inScope<T>(
  services: Services,
  { tenantId, actor, role }: Identity,
  waitsForOthers: boolean,
  work: (scope: Scope) => Promise<T>,
): Promise<T> {
  const now = services.clock.now();
  const scoped = async (tx: Tx): Promise<Scope> => ({
    tx,
    tenant: await getTenant(tx, tenantId),
    actor,
    role,
    now,
    services,
  });
  if (!waitsForOthers) return inTenant(services.database, tenantId, async (tx) => work(await scoped(tx)));
  // Others may take their time: no transaction is held open meanwhile.
  const scope = await inTenant(services.database, tenantId, scoped);
  return work(scope);
}

function validate(schema: z.ZodType | undefined, value: unknown, part: 'query' | 'body'): unknown {
  if (!schema) return {};
  const result = schema.safeParse(value, { error: wordIssue });
  if (result.success) return result.data;
  throw new Invalid(result.error.issues.flatMap((issue) => asFaults(issue, part)));
}

/** The innermost messages of a union's branch that fits best, rather than "invalid input". */
function asFaults(issue: z.core.$ZodIssue, part: string): Fault[] {
  const field = issue.path.join('.') || part;
  if (issue.code !== 'invalid_union' || issue.errors.length === 0)
    return [{ field, message: sentence(issue.message) }];
  const [closest = []] = [...issue.errors].sort((a, b) => a.length - b.length);
  const inner = closest.flatMap((one) => asFaults(one, part));
  return inner.map((fault) => ({
    ...fault,
    field: [...issue.path, fault.field].filter((label) => label !== part).join('.') || part,
  }));
}

function sentence(message: string): string {
  return message.endsWith('.') ? message : `${message}.`;
}
