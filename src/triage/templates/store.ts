/** The templates of a tenant in the database: loaded when the lease is taken over, saved with the mails mined. */
import type { TenantId } from '../../kernel/ids.ts';
import { rows, type Tx } from '../../db/transaction.ts';
import { MailTemplates, type Kind } from './mail-templates.ts';
import { current, readableText, type Template } from './miner.ts';
import { readShape, textOf } from './shape.ts';

/**
 * Raised when lines are masked or cut in another way: templates of an older version would never be met again, so they
 * are dropped and mined anew.
 */
const VERSION = 1;

interface StoredTemplate {
  id: string;
  kind: Kind;
  source: string;
  text: string;
  count: number;
  firstSeenAt: Date;
  lastSeenAt: Date;
  frequentLines: Record<string, number>;
}

export async function loadTemplates(tx: Tx, tenantId: TenantId): Promise<MailTemplates> {
  await rows(tx, 'delete from templates where tenant_id = $1 and version <> $2', [tenantId, VERSION]);
  const stored = await rows<StoredTemplate>(
    tx,
    `select t.id, t.kind, t.source, t.text, t.count, t.first_seen_at as "firstSeenAt",
       t.last_seen_at as "lastSeenAt", t.frequent_lines as "frequentLines"
     from templates t where t.tenant_id = $1 and t.merged_into is null order by t.last_seen_at, t.id`,
    [tenantId],
  );
  return restore(stored);
}

function restore(stored: readonly StoredTemplate[]): MailTemplates {
  const templates = new MailTemplates();
  const byId = new Map<string, Template>();
  for (const row of stored) {
    const miner = row.kind === 'subject' ? templates.subjects : templates.lines;
    byId.set(row.id, miner.restore({ ...row, shape: readShape(row.text, row.source), saved: row }));
  }
  for (const { id, kind, frequentLines } of stored) {
    const template = byId.get(id);
    if (kind !== 'subject' || !template) continue;
    const frequent = templates.frequentLines(template);
    for (const [lineId, count] of Object.entries(frequentLines)) {
      const line = byId.get(lineId);
      if (line) frequent.add(line, count);
    }
  }
  return templates;
}

/** Writes what has changed since the last time, in the transaction of the mails that were mined. */
export async function saveTemplates(tx: Tx, tenantId: TenantId, templates: MailTemplates): Promise<void> {
  const { touched, gone } = templates.takeChanges();
  const worth = touched.filter(isWorthSaving);
  const written = worth.map(({ kind, template }) => asRow(kind, template, templates));
  if (written.length > 0) await upsert(tx, tenantId, written);
  const merged = written.filter(({ mergedInto }) => mergedInto !== null);
  if (merged.length > 0) await repoint(tx, tenantId, merged);
  if (gone.length > 0) await remove(tx, tenantId, gone);
  for (const { template } of worth) {
    template.saved = { count: template.count, lastSeenAt: template.lastSeenAt };
  }
}

/** A line seen once is most often a line of an excerpt that never comes again; subjects are few and all kept. */
const LEAST_LINES = 2;

/** Counts are for people: a template is written when it has grown by a quarter, and once an hour. */
const GROWN = 1.25;
const HOUR_MS = 3_600_000;

function isWorthSaving({ kind, template }: { kind: Kind; template: Template }): boolean {
  const { saved, count, lastSeenAt, mergedInto } = template;
  if (!saved) return mergedInto === null ? kind === 'subject' || count >= LEAST_LINES : kind === 'subject';
  return (
    mergedInto !== null ||
    count >= saved.count * GROWN ||
    lastSeenAt.getTime() - saved.lastSeenAt.getTime() >= HOUR_MS
  );
}

function asRow(kind: Kind, template: Template, templates: MailTemplates) {
  const { id, source, shape, count, firstSeenAt, lastSeenAt, mergedInto } = template;
  return {
    id,
    kind,
    source,
    text: textOf(shape),
    count,
    firstSeenAt,
    lastSeenAt,
    mergedInto: mergedInto === null ? null : current(mergedInto).id,
    frequentLines: kind === 'line' || mergedInto ? {} : frequentLinesOf(template, templates),
  };
}

function frequentLinesOf(template: Template, templates: MailTemplates): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [line, count] of templates.frequentLines(template).entries()) {
    if (count < LEAST_LINES) continue;
    const { id } = current(line);
    counts[id] = (counts[id] ?? 0) + count;
  }
  return counts;
}

type Row = ReturnType<typeof asRow>;

async function upsert(tx: Tx, tenantId: TenantId, written: readonly Row[]): Promise<void> {
  await rows(
    tx,
    `insert into templates (tenant_id, id, kind, source, version, text, count, first_seen_at, last_seen_at,
       merged_into, frequent_lines)
     select $1, r.id, r.kind, r.source, $2, r.text, r.count, r."firstSeenAt", r."lastSeenAt", r."mergedInto",
       r."frequentLines"
     from json_to_recordset($3) as r (id uuid, kind text, source text, text text, count integer,
       "firstSeenAt" timestamptz, "lastSeenAt" timestamptz, "mergedInto" uuid, "frequentLines" jsonb)
     on conflict (tenant_id, id) do update set count = excluded.count, last_seen_at = excluded.last_seen_at,
       merged_into = excluded.merged_into, frequent_lines = excluded.frequent_lines`,
    [tenantId, VERSION, JSON.stringify(written)],
  );
}

/** Signposts to a template that has been taken in now point to where it went. */
async function repoint(tx: Tx, tenantId: TenantId, merged: readonly Row[]): Promise<void> {
  await rows(
    tx,
    `update templates t set merged_into = m."mergedInto"
     from json_to_recordset($2) as m (id uuid, "mergedInto" uuid)
     where t.tenant_id = $1 and t.merged_into = m.id`,
    [tenantId, JSON.stringify(merged.map(({ id, mergedInto }) => ({ id, mergedInto })))],
  );
}

async function remove(tx: Tx, tenantId: TenantId, gone: readonly Template[]): Promise<void> {
  await rows(
    tx,
    `delete from templates t where t.tenant_id = $1 and (t.id = any($2::uuid[]) or t.merged_into = any($2::uuid[]))`,
    [tenantId, gone.map(({ id }) => id)],
  );
}

export interface ReadableTemplate {
  /** Of the template that the asked one has become. */
  id: string;
  /** Variable parts are `<*>`. */
  subject: string;
  /** Lines that at least half of its mails have. */
  lines: string[];
  /** Mails seen. */
  count: number;
}

const SHARE_OF_FREQUENT = 0.5;

/** A template as people read it; null when it has aged out. */
export async function readTemplate(tx: Tx, tenantId: TenantId, id: string): Promise<ReadableTemplate | null> {
  const [found] = await rows<ReadableTemplate>(
    tx,
    `select t.id, t.text as subject, t.count,
       array(select l.text from jsonb_each_text(t.frequent_lines) as f (id, count)
         join templates l on l.tenant_id = t.tenant_id and l.id = f.id::uuid
         where f.count::integer >= t.count * ${SHARE_OF_FREQUENT} order by f.count::integer desc, l.id) as lines
     from templates asked
     join templates t on t.tenant_id = asked.tenant_id and t.id = coalesce(asked.merged_into, asked.id)
     where asked.tenant_id = $1 and asked.id = $2`,
    [tenantId, id],
  );
  if (!found) return null;
  return { ...found, subject: readableText(found.subject), lines: found.lines.map(readableText) };
}

/** Of each template its subject as people read it, by the id that was asked for. */
export async function readTemplateSubjects(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const found = await rows<{ asked: string; text: string }>(
    tx,
    `select asked.id as asked, t.text from templates asked
     join templates t on t.tenant_id = asked.tenant_id and t.id = coalesce(asked.merged_into, asked.id)
     where asked.tenant_id = $1 and asked.id = any($2::uuid[])`,
    [tenantId, ids],
  );
  return new Map(found.map(({ asked, text }) => [asked, readableText(text)]));
}
