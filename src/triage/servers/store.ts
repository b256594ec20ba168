/** The inventory of servers in the database: triage's counts in sets, people's decisions one by one. */
import { Conflict, Invalid, NotFound } from '../../kernel/errors.ts';
import { newId, type EventId, type TenantId } from '../../kernel/ids.ts';
import { affected, changedRows, oneRow, rows, type Tx } from '../../db/transaction.ts';
import { isAddress, readHost } from './host-name.ts';
import { Inventory, usualOrg, type KnownServer, type ServerState } from './inventory.ts';

const SERVER = `s.name, s.state, s.org, s.renamed_to as "renamedTo", s.first_seen_at as "firstSeenAt",
  s.last_seen_at as "lastSeenAt", s.mails, s.reports, s.orgs, s.taught`;

export async function loadInventory(tx: Tx, tenantId: TenantId): Promise<Inventory> {
  // The longest unseen first: they are the first to be forgotten.
  return new Inventory(
    await rows<KnownServer>(
      tx,
      `select ${SERVER} from servers s where s.tenant_id = $1 order by s.last_seen_at`,
      [tenantId],
    ),
  );
}

/** What people decided since it was asked last; each decision is told once. */
export async function takeDecisions(tx: Tx, tenantId: TenantId): Promise<KnownServer[]> {
  return changedRows<KnownServer>(
    tx,
    `update servers s set is_news = false where s.tenant_id = $1 and s.is_news returning ${SERVER}`,
    [tenantId],
  );
}

/** Writes what triage counted since the last save. */
export async function saveInventory(tx: Tx, tenantId: TenantId, inventory: Inventory): Promise<void> {
  const { changed, forgotten } = inventory.takeChanges();
  if (changed.length > 0) await upsert(tx, tenantId, changed);
  if (forgotten.length === 0) return;
  await affected(
    tx,
    `delete from servers where tenant_id = $1 and name = any($2::text[]) and state = 'proposed' and not is_news`,
    [tenantId, forgotten],
  );
}

async function upsert(tx: Tx, tenantId: TenantId, servers: readonly KnownServer[]): Promise<void> {
  const written = servers.map((server) => ({ ...server, id: newId(server.lastSeenAt) }));
  await rows(
    tx,
    `insert into servers (tenant_id, id, name, first_seen_at, last_seen_at, mails, reports, orgs)
     select $1, s.id, s.name, s."firstSeenAt", s."lastSeenAt", s.mails, s.reports, s.orgs
     from json_to_recordset($2) as s (id uuid, name text, "firstSeenAt" timestamptz, "lastSeenAt" timestamptz,
       mails integer, reports integer, orgs jsonb)
     on conflict (tenant_id, name) do update set first_seen_at = excluded.first_seen_at,
       last_seen_at = excluded.last_seen_at, mails = excluded.mails, reports = excluded.reports, orgs = excluded.orgs
     returning id`,
    [tenantId, JSON.stringify(written)],
  );
}

export interface ListedServer extends KnownServer {
  id: string;
  /** Where nearly all its mails belong; null when they disagree or are few. */
  usualOrg: string | null;
}

export interface ServerFilter {
  state?: ServerState | undefined;
  q?: string | undefined;
}

/** By name. Machines that only report on others, and that nobody confirmed, are no servers of interest. */
export async function listServers(
  tx: Tx,
  tenantId: TenantId,
  { state, q }: ServerFilter,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<ListedServer[]> {
  const found = await rows<KnownServer & { id: string }>(
    tx,
    `select s.id, ${SERVER} from servers s
     where s.tenant_id = $1 and ($2::text is null or s.state = $2) and (s.mails > 0 or s.state <> 'proposed')
       and ($3::text is null or s.name like $3) and ($4::text is null or s.name > $4)
     order by s.name limit $5`,
    [tenantId, state ?? null, q ? `%${escapeLike(q.toLowerCase())}%` : null, after ?? null, limit],
  );
  return found.map(asListed);
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

export async function countServers(tx: Tx, tenantId: TenantId): Promise<Record<ServerState, number>> {
  const found = await rows<{ state: ServerState; count: number }>(
    tx,
    `select state, count(*)::integer as count from servers
     where tenant_id = $1 and (mails > 0 or state <> 'proposed') group by state`,
    [tenantId],
  );
  const counts = { proposed: 0, confirmed: 0, ignored: 0 };
  for (const { state, count } of found) counts[state] = count;
  return counts;
}

/** @throws NotFound */
export async function getServer(tx: Tx, tenantId: TenantId, id: string): Promise<ListedServer> {
  const found = await oneRow<KnownServer & { id: string }>(
    tx,
    `select s.id, ${SERVER} from servers s where s.tenant_id = $1 and s.id = $2`,
    [tenantId, id],
  );
  if (!found) throw new NotFound('server');
  return asListed(found);
}

function asListed(server: KnownServer & { id: string }): ListedServer {
  return { ...server, usualOrg: usualOrg(server)?.org ?? null };
}

export interface ServerDecision {
  state?: ServerState | undefined;
  org?: string | null | undefined;
  renamedTo?: string | null | undefined;
}

/** Adds a server that no mail has named yet. @throws Invalid, Conflict */
export async function addServer(
  tx: Tx,
  tenantId: TenantId,
  { name, org }: { name: string; org?: string | undefined },
  now: Date,
): Promise<ListedServer> {
  const host = requireName('name', name);
  const id = newId<string>(now);
  const added = await rows(
    tx,
    `insert into servers (tenant_id, id, name, state, org, first_seen_at, last_seen_at, is_news)
     values ($1, $2, $3, 'confirmed', $4, $5, $5, true) on conflict do nothing returning id`,
    [tenantId, id, host, org ?? null, now],
  );
  if (added.length === 0) throw new Conflict(`${host} is in the list already.`, 'server-exists');
  return getServer(tx, tenantId, id);
}

/** What a person says of a server; what is left out stays. @throws NotFound, Invalid */
export async function decideServer(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  decision: ServerDecision,
): Promise<ListedServer> {
  const server = await getServer(tx, tenantId, id);
  const { state = server.state, org = server.org } = decision;
  const renamedTo = decision.renamedTo === undefined ? server.renamedTo : decision.renamedTo;
  const nextName = renamedTo ? requireName('renamedTo', renamedTo) : null;
  if (nextName === server.name) {
    throw new Invalid([{ field: 'renamedTo', message: 'Give another name than the one it has.' }]);
  }
  await affected(
    tx,
    `update servers set state = $3, org = $4, renamed_to = $5, is_news = true where tenant_id = $1 and id = $2`,
    [tenantId, id, state, org, nextName],
  );
  return getServer(tx, tenantId, id);
}

function requireName(field: string, written: string): string {
  const name = written.trim().toLowerCase();
  const host = readHost(name);
  // What a mail writes is read kindly; what a person writes is taken literally.
  if (!host || host !== name || isAddress(host)) {
    throw new Invalid([{ field, message: 'Give a host name, such as db-01.example.com.' }]);
  }
  return host;
}

/** Which mails a person put right. */
export type CorrectedMails = { mseId: string } | { eventId: EventId; signal: string | null };

/** A mail that names more is a list of everything. */
const MOST_SERVERS_TAUGHT = 8;

/**
 * Mails put right to a path teach where their servers belong: once a correction, not once a mail. Of several servers
 * the path may be only what they share; it is not when the tenant has no path below it.
 * @returns the servers
 */
export async function teachOrg(
  tx: Tx,
  tenantId: TenantId,
  mails: CorrectedMails,
  org: string,
): Promise<string[]> {
  const [condition, ...parameters] =
    'mseId' in mails
      ? ['m.id = $3', mails.mseId]
      : ['m.event_id = $3 and ($4::uuid is null or m.signal_key = $4)', mails.eventId, mails.signal];
  const taught = await changedRows<{ name: string }>(
    tx,
    `update servers s set is_news = true,
       taught = jsonb_set(s.taught, array[$2::text], to_jsonb(coalesce((s.taught ->> $2)::integer, 0) + 1))
     where s.tenant_id = $1 and s.name in (
       select unnest(m.servers) from mses m
       where m.tenant_id = $1 and ${condition} and cardinality(m.servers) <= ${MOST_SERVERS_TAUGHT}
         and (cardinality(m.servers) = 1
           or not exists (select 1 from orgs o where o.tenant_id = $1 and starts_with(o.path, $2 || '.'))))
     returning s.name`,
    [tenantId, org, ...parameters],
  );
  return taught.map(({ name }) => name);
}

/** Takes `teachOrg` back. @param names a server as often as it was taught */
export async function unteachOrg(
  tx: Tx,
  tenantId: TenantId,
  names: readonly string[],
  org: string,
): Promise<void> {
  if (names.length === 0) return;
  await affected(
    tx,
    `update servers s set is_news = true, taught = case when (s.taught ->> $3)::integer > t.times
       then jsonb_set(s.taught, array[$3::text], to_jsonb((s.taught ->> $3)::integer - t.times)) else s.taught - $3 end
     from (select name, count(*)::integer as times from unnest($2::text[]) as n (name) group by name) t
     where s.tenant_id = $1 and s.name = t.name`,
    [tenantId, names, org],
  );
}

/** Servers that a person wrote down are servers. */
export async function confirmServers(
  tx: Tx,
  tenantId: TenantId,
  names: readonly string[],
  now: Date,
): Promise<void> {
  if (names.length === 0) return;
  await rows(
    tx,
    `insert into servers (tenant_id, id, name, state, first_seen_at, last_seen_at, is_news)
     select $1, s.id, s.name, 'confirmed', $3, $3, true
     from json_to_recordset($2) as s (id uuid, name text)
     on conflict (tenant_id, name) do update set state = 'confirmed', is_news = true returning id`,
    [tenantId, JSON.stringify([...new Set(names)].map((name) => ({ id: newId(now), name }))), now],
  );
}
