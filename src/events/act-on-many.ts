/**
 * The same change of many events at once, set-based: those that others have changed meanwhile are left alone and
 * named, as are those it cannot be made to.
 */
import { rows, type Tx } from '../db/transaction.ts';
import { Conflict } from '../kernel/errors.ts';
import type { EventId, TenantId } from '../kernel/ids.ts';
import { BY_PERSON, writeChanges, type ActChange, type Deed, type Doing } from './act.ts';
import { mergeInto } from './merge-split.ts';
import { lockEvents, type LoadedEvent } from './store.ts';

/** What somebody ticked: each event with the version they saw, or a whole list as it was at an instant. */
export type Choice = { events: { id: string; version: number }[] } | { ids: readonly string[]; asOf: Date };

export interface Outcome {
  changed: { id: EventId; number: number; version: number }[];
  /** Changed by others since they were looked at. */
  stale: number[];
  /** Where the change cannot be made, and why. */
  refused: { number: number; reason: string }[];
}

export async function actOnMany(tx: Tx, doing: Doing, choice: Choice, deed: Deed): Promise<Outcome> {
  const { fresh, stale, versions } = await lockChosen(tx, doing.tenantId, choice);
  const changed: { event: LoadedEvent; change: ActChange }[] = [];
  const refused: Outcome['refused'] = [];
  for (const event of fresh) {
    try {
      changed.push({ event, change: deed(event) });
    } catch (error) {
      refused.push(asRefusal(event, error));
    }
  }
  await writeChanges(tx, doing, changed);
  return {
    changed: changed.map(({ event: { id, number } }) => ({
      id,
      number,
      version: (versions.get(id) ?? 0) + 1,
    })),
    stale: stale.map(({ number }) => number),
    refused,
  };
}

/** Merges all into one: into a given event, else into the first of them. */
export async function mergeMany(tx: Tx, doing: Doing, choice: Choice, into: string | null): Promise<Outcome> {
  const { fresh, stale, versions } = await lockChosen(tx, doing.tenantId, choice);
  const target = into ?? fresh.reduce<LoadedEvent | null>(earlier, null)?.id;
  const outcome: Outcome = { changed: [], stale: stale.map(({ number }) => number), refused: [] };
  for (const source of fresh) {
    if (!target || source.id === target) continue;
    try {
      await mergeInto(tx, { ...doing, eventId: source.id, version: null }, target);
      const version = (versions.get(source.id) ?? 0) + 1;
      outcome.changed.push({ id: source.id, number: source.number, version });
    } catch (error) {
      outcome.refused.push(asRefusal(source, error));
    }
  }
  return outcome;
}

function earlier(first: LoadedEvent | null, event: LoadedEvent): LoadedEvent {
  return first && first.createdAt <= event.createdAt ? first : event;
}

function asRefusal({ number }: LoadedEvent, error: unknown): { number: number; reason: string } {
  if (!(error instanceof Conflict)) throw error;
  return { number, reason: error.message };
}

interface Locked {
  fresh: LoadedEvent[];
  stale: LoadedEvent[];
  versions: Map<EventId, number>;
}

/** Locks first and compares then: what is found unchanged stays so until the end of the transaction. */
async function lockChosen(tx: Tx, tenantId: TenantId, choice: Choice): Promise<Locked> {
  const ids = 'ids' in choice ? choice.ids : choice.events.map(({ id }) => id);
  const events = await lockEvents(tx, tenantId, ids);
  const versions = await readVersions(tx, tenantId, ids);
  const changed =
    'ids' in choice ? await changedSince(tx, tenantId, choice) : outdated(choice.events, versions);
  return {
    fresh: events.filter(({ id }) => !changed.has(id)),
    stale: events.filter(({ id }) => changed.has(id)),
    versions,
  };
}

async function readVersions(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly string[],
): Promise<Map<EventId, number>> {
  const found = await rows<{ id: EventId; version: number }>(
    tx,
    'select id, version from events where tenant_id = $1 and id = any($2::uuid[])',
    [tenantId, ids],
  );
  return new Map(found.map(({ id, version }) => [id, version]));
}

function outdated(seen: { id: string; version: number }[], present: Map<EventId, number>): Set<string> {
  return new Set(
    seen.filter(({ id, version }) => present.get(id as EventId) !== version).map(({ id }) => id),
  );
}

async function changedSince(
  tx: Tx,
  tenantId: TenantId,
  { ids, asOf }: { ids: readonly string[]; asOf: Date },
): Promise<Set<string>> {
  const found = await rows<{ id: string }>(
    tx,
    `select distinct event_id as id from changes
     where tenant_id = $1 and event_id = any($2::uuid[]) and at > $3 and ${BY_PERSON}`,
    [tenantId, ids, asOf],
  );
  return new Set(found.map(({ id }) => id));
}
