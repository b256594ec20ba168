/** The read-model behind work lists, in pages and API: filters, order and cursor (contract §4). */
import { interestIn, type HeldSubscription, type Interest } from '../accounts/subscriptions.ts';
import { z } from 'zod';
import { oneRow, rows, type Tx } from '../db/transaction.ts';
import { decodeCursor, encodeCursor } from '../kernel/cursor.ts';
import type { EventId, TenantId } from '../kernel/ids.ts';
import type { EventKind } from './event.ts';
import { below } from './org-path.ts';
import { mailSearch } from './search.ts';
import type { MaybeSeverity } from './severity.ts';

export interface EventFilter {
  state?: 'open' | 'snoozed' | 'completed';
  interest?: 'responder' | 'interested' | 'unclassified' | 'all';
  severity?: 'critical' | 'warn' | 'info' | 'unclassified';
  org?: string;
  /** `none`, `any`, or a user's id. */
  assignee?: string;
  kind?: EventKind;
  q?: string;
}

/** Which paths somebody responds to or is interested in; for a token nothing. */
export interface Viewer {
  responder: string[];
  interested: string[];
  /** The interest in events without org. */
  inUnknown: Interest;
}

export const NOBODY: Viewer = { responder: [], interested: [], inUnknown: 'all' };

/** Matches a user's subscriptions against the paths known, once a request. */
export function viewerOf(
  subscriptions: readonly HeldSubscription[],
  userId: string,
  orgs: readonly string[],
): Viewer {
  const viewer: Viewer = {
    responder: [],
    interested: [],
    inUnknown: interestIn(subscriptions, userId, null),
  };
  for (const org of orgs) {
    const interest = interestIn(subscriptions, userId, org);
    if (interest !== 'all') viewer[interest].push(org);
  }
  return viewer;
}

export interface Person {
  id: string;
  name: string;
  email: string;
}

export interface ListedEvent {
  id: EventId;
  number: number;
  version: number;
  kind: EventKind;
  state: 'open' | 'snoozed' | 'completed' | 'merged';
  severity: MaybeSeverity;
  org: string | null;
  servers: string[];
  title: string;
  createdAt: Date;
  assignedAt: Date | null;
  assignee: Person | null;
  completedAt: Date | null;
  completedBy: string | null;
  completion: { by: string; note: string | null } | null;
  mseCount: number;
  lastMseAt: Date | null;
  flapping: boolean;
  isStorm: boolean;
  isNoise: boolean;
  snoozedUntil: Date | null;
  interest: Interest;
}

/** Parameters $1 tenant, $2 now, $3 responder paths, $4 interested paths, $5 interest in unknown paths. */
const SHOWN_STATE = `case when e.state = 'open' and e.snoozed_until > $2 then 'snoozed' else e.state end`;
const INTEREST = `case when e.org = any($3::text[]) then 'responder' when e.org = any($4::text[]) then 'interested'
  when e.org is null then $5 else 'all' end`;

function parametersOf({ responder, interested, inUnknown }: Viewer): unknown[] {
  return [responder, interested, inUnknown];
}

const LISTED = `e.id, e.number, e.version, e.kind, ${SHOWN_STATE} as state, e.severity, e.org, e.servers, e.title,
    e.created_at as "createdAt", e.assigned_at as "assignedAt",
    case when u.id is null then null else json_build_object('id', u.id, 'name', u.name, 'email', u.email) end as assignee,
    e.completed_at as "completedAt", e.completed_by as "completedBy",
    case when e.completed_at is null then null
      else json_build_object('by', e.completed_by, 'note', e.completion_note) end as completion,
    e.mse_count as "mseCount", e.last_mse_at as "lastMseAt", e.flapping, e.is_storm as "isStorm", e.is_noise as "isNoise",
    e.snoozed_until as "snoozedUntil",
    ${INTEREST} as interest
  from events e left join users u on u.id = e.assignee_id`;

export interface EventPage {
  items: ListedEvent[];
  /** Null on the last page. */
  nextCursor: string | null;
}

export interface Paging {
  limit: number;
  cursor?: string;
}

export async function listEvents(
  tx: Tx,
  tenantId: TenantId,
  filter: EventFilter,
  viewer: Viewer,
  { limit, cursor }: Paging,
  now: Date,
): Promise<EventPage> {
  const parameters: unknown[] = [tenantId, now, ...parametersOf(viewer)];
  const conditions = conditionsOf(filter, parameters);
  if (cursor) conditions.push(behind(cursor, parameters));
  const found = await rows<ListedEvent & { rank: number; isAssigned: boolean }>(
    tx,
    `select e.severity_rank as rank, (e.assignee_id is not null) as "isAssigned", ${LISTED}
     where ${conditions.join(' and ')}
     order by e.severity_rank, (e.assignee_id is not null), e.created_at desc, e.id desc
     limit ${limit + 1}`,
    parameters,
  );
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const nextCursor =
    found.length > limit && last ? encodeCursor([last.rank, last.isAssigned, last.createdAt, last.id]) : null;
  return { items: items.map(({ rank: _rank, isAssigned: _isAssigned, ...event }) => event), nextCursor };
}

/** Open events that nobody has, the longest waiting first. */
export async function listLongestUnassigned(
  tx: Tx,
  tenantId: TenantId,
  limit: number,
  now: Date,
): Promise<ListedEvent[]> {
  const parameters: unknown[] = [tenantId, now, ...parametersOf(NOBODY)];
  const conditions = conditionsOf({ state: 'open', assignee: 'none' }, parameters);
  return rows<ListedEvent>(
    tx,
    `select ${LISTED} where ${conditions.join(' and ')} order by e.created_at, e.id limit ${limit}`,
    parameters,
  );
}

/** Which events that had begun by an instant a filter means, the same conditions as the list. */
export async function listMatching(
  tx: Tx,
  tenantId: TenantId,
  filter: EventFilter,
  viewer: Viewer,
  { asOf, limit }: { asOf: Date; limit: number },
  now: Date,
): Promise<EventId[]> {
  const parameters: unknown[] = [tenantId, now, ...parametersOf(viewer), asOf];
  const conditions = ['e.created_at <= $6', ...conditionsOf(filter, parameters)];
  const found = await rows<{ id: EventId }>(
    tx,
    `select e.id, ${INTEREST} as interest, $2::timestamptz as now from events e
     where ${conditions.join(' and ')} order by e.severity_rank, e.created_at, e.id limit ${limit}`,
    parameters,
  );
  return found.map(({ id }) => id);
}

/** How many events a filter means; the same conditions as the list. */
export async function countEvents(
  tx: Tx,
  tenantId: TenantId,
  filter: EventFilter,
  viewer: Viewer,
  now: Date,
): Promise<number> {
  const parameters: unknown[] = [tenantId, now, ...parametersOf(viewer)];
  const conditions = conditionsOf(filter, parameters);
  const row = await oneRow<{ count: number }>(
    tx,
    `select count(*)::integer as count from
       (select ${INTEREST} as interest, $2::timestamptz as now from events e where ${conditions.join(' and ')}) matching`,
    parameters,
  );
  return row?.count ?? 0;
}

function conditionsOf(filter: EventFilter, parameters: unknown[]): string[] {
  const parameter = (value: unknown): string => `$${parameters.push(value)}`;
  const conditions = [`e.tenant_id = $1`, 'not e.is_noise', stateCondition(filter.state)];
  if (filter.severity === 'unclassified') conditions.push('e.severity is null');
  else if (filter.severity) conditions.push(`e.severity = ${parameter(filter.severity)}`);
  if (filter.interest === 'unclassified') conditions.push('(e.severity is null or e.org is null)');
  if (filter.interest === 'responder') conditions.push(`${INTEREST} = 'responder'`);
  if (filter.interest === 'interested') conditions.push(`${INTEREST} in ('responder', 'interested')`);
  if (filter.org) {
    conditions.push(`(e.org = ${parameter(filter.org)} or e.org like ${parameter(below(filter.org))})`);
  }
  if (filter.assignee === 'none') conditions.push('e.assignee_id is null');
  else if (filter.assignee === 'any') conditions.push('e.assignee_id is not null');
  else if (filter.assignee) conditions.push(`e.assignee_id::text = ${parameter(filter.assignee)}`);
  if (filter.kind) conditions.push(`e.kind = ${parameter(filter.kind)}`);
  if (filter.q?.trim()) conditions.push(searchCondition(filter.q.trim(), parameter));
  return conditions;
}

function stateCondition(state: EventFilter['state']): string {
  switch (state) {
    case 'open':
      return `(e.state = 'open' and (e.snoozed_until is null or e.snoozed_until <= $2))`;
    case 'snoozed':
      return `(e.state = 'open' and e.snoozed_until > $2)`;
    case 'completed':
      return `e.state = 'completed'`;
    case undefined:
      // A merged-away event is in no list.
      return `e.state <> 'merged'`;
  }
}

function searchCondition(text: string, parameter: (value: unknown) => string): string {
  const like = parameter(`%${text.replace(/[\\%_]/g, '\\$&')}%`);
  const number = parameter(text.replace(/^#/, ''));
  return `(e.title ilike ${like} or e.org ilike ${like} or e.number::text = ${number}
    or exists (select from unnest(e.servers) as server where server ilike ${like})
    or e.id in (select m.event_id from mail_texts t join mses m on m.tenant_id = t.tenant_id and m.id = t.mse_id
                where t.tenant_id = $1 and ${mailSearch('t', text, parameter)}))`;
}

const positionSchema = z.tuple([z.number(), z.boolean(), z.iso.datetime(), z.uuid()]);

/** Everything that sorts behind a position; two of the four keys ascend, two descend. */
function behind(cursor: string, parameters: unknown[]): string {
  const parameter = (value: unknown): string => `$${parameters.push(value)}`;
  const [rank, isAssigned, createdAt, id] = decodeCursor(cursor, positionSchema).map(parameter);
  const assigned = '(e.assignee_id is not null)';
  return `(e.severity_rank > ${rank}::smallint or (e.severity_rank = ${rank}::smallint and (
    ${assigned} > ${isAssigned}::boolean or (${assigned} = ${isAssigned}::boolean and
    (e.created_at, e.id) < (${createdAt}::timestamptz, ${id}::uuid)))))`;
}

/** One event as lists show it, in whatever state. */
export async function findListedEvent(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  viewer: Viewer,
  now: Date,
): Promise<ListedEvent | undefined> {
  return oneRow<ListedEvent>(tx, `select ${LISTED} where e.tenant_id = $1 and e.id = $6`, [
    tenantId,
    now,
    ...parametersOf(viewer),
    id,
  ]);
}
