/** History: the completed events that were most like one, who had them, how long they took, how they ended, and why. */
import { rows, type Tx } from '../../db/transaction.ts';
import type { EventId, TenantId } from '../../kernel/ids.ts';
import { between, SECOND } from '../../kernel/clock.ts';
import type { MaybeSeverity } from '../severity.ts';
import { readTrait, TRAITS, worthOf, type Trait, type TraitKind } from './traits.ts';

export interface RelatedEvent {
  id: EventId;
  number: number;
  title: string;
  severity: MaybeSeverity;
  createdAt: Date;
  completedAt: Date;
  /** The name of a person, or `recovery`, `quiet`, `arrival`. */
  completedBy: string | null;
  /** Who had it at the end. */
  owner: string | null;
  tookSeconds: number;
  note: string | null;
  /** How many signals both have. */
  sharedSignals: number;
  /** What they have in common, the strongest first. */
  why: string[];
}

const MOST_SHOWN = 5;
/** Of each trait the newest events: what is older is in other traits too, or forgotten. */
const MOST_PER_TRAIT = 100;
/** Some were reopened or merged away meanwhile. */
const MOST_CANDIDATES = 25;
/** An org or some words in common is no likeness. */
const LEAST_LIKENESS = 1.2;

export async function listRelated(tx: Tx, tenantId: TenantId, eventId: string): Promise<RelatedEvent[]> {
  const candidates = rank(await findSharing(tx, tenantId, eventId));
  if (candidates.length === 0) return [];
  const completed = await readCompleted(
    tx,
    tenantId,
    candidates.map(({ id }) => id),
  );
  return candidates
    .flatMap(({ id, traits }) => {
      const event = completed.get(id);
      return event ? [describe(event, traits)] : [];
    })
    .slice(0, MOST_SHOWN);
}

interface Sharing {
  id: EventId;
  traits: string[];
}

/** Events that share a trait with this one: short ranges of the index by trait, whatever the size of the history. */
async function findSharing(tx: Tx, tenantId: TenantId, eventId: string): Promise<Sharing[]> {
  // Most traits are rare and a few are everywhere; for the average the planner would read and sort all events of a
  // common one (measured at 100,000 events: 1,000 ms instead of 15).
  await tx.query('set local enable_bitmapscan = off');
  const sharing = await rows<Sharing>(
    tx,
    `with picked as (
       select tenant_id, id, servers, org, stream_id, title from events where tenant_id = $1 and id = $2
     ), own as materialized (select distinct t.trait from (${TRAITS}) t)
     select shared.event_id as id, array_agg(shared.trait) as traits
     from own cross join lateral (
       select t.event_id, t.trait from event_traits t
       where t.tenant_id = $1 and t.trait = own.trait and t.event_id <> $2
       order by t.event_id desc limit ${MOST_PER_TRAIT}) shared
     group by shared.event_id`,
    [tenantId, eventId],
  );
  await tx.query('set local enable_bitmapscan = on');
  return sharing;
}

interface Candidate {
  id: EventId;
  /** The strongest first. */
  traits: Trait[];
}

/** Pure: how much two events have in common is the sum of what each shared trait tells. */
export function rank(sharing: readonly Sharing[]): Candidate[] {
  const counts = new Map<string, number>();
  for (const trait of sharing.flatMap(({ traits }) => traits))
    counts.set(trait, (counts.get(trait) ?? 0) + 1);
  return sharing
    .map(({ id, traits }) => {
      const worths = traits.flatMap((text) => {
        const trait = readTrait(text);
        return trait ? [{ trait, worth: worthOf(trait, counts.get(text) ?? 1) }] : [];
      });
      worths.sort((one, other) => other.worth - one.worth);
      const likeness = worths.reduce((sum, { worth }) => sum + worth, 0);
      return { id, likeness, traits: worths.map(({ trait }) => trait) };
    })
    .filter(({ likeness }) => likeness >= LEAST_LIKENESS)
    .sort((one, other) => other.likeness - one.likeness || (one.id < other.id ? 1 : -1))
    .slice(0, MOST_CANDIDATES);
}

type Completed = Omit<RelatedEvent, 'tookSeconds' | 'sharedSignals' | 'why'>;

async function readCompleted(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly EventId[],
): Promise<Map<EventId, Completed>> {
  const found = await rows<Completed>(
    tx,
    `select e.id, e.number, e.title, e.severity, e.created_at as "createdAt", e.completed_at as "completedAt",
       e.completed_by as "completedBy", u.name as owner, e.completion_note as note
     from events e left join users u on u.id = e.assignee_id
     where e.tenant_id = $1 and e.id = any($2::uuid[]) and e.state = 'completed'`,
    [tenantId, ids],
  );
  return new Map(found.map((event) => [event.id, event]));
}

function describe(event: Completed, traits: readonly Trait[]): RelatedEvent {
  return {
    ...event,
    tookSeconds: Math.max(0, Math.round(between(event.createdAt, event.completedAt) / SECOND)),
    sharedSignals: traits.filter(({ kind }) => kind === 'signal').length,
    why: whyAlike(traits),
  };
}

const MOST_VALUES = 3;

/** `same signal`, `servers db-01, db-02`, `org shop.db` … */
function whyAlike(traits: readonly Trait[]): string[] {
  const byKind = new Map<TraitKind, string[]>();
  for (const { kind, value } of traits) byKind.set(kind, [...(byKind.get(kind) ?? []), value]);
  return [...byKind].map(([kind, values]) => {
    const shown = values.slice(0, MOST_VALUES).join(', ');
    const more = values.length > MOST_VALUES ? ` and ${values.length - MOST_VALUES} more` : '';
    switch (kind) {
      case 'signal':
        return values.length === 1 ? 'same signal' : `${values.length} same signals`;
      case 'stream':
        return 'same schedule';
      case 'template':
        return 'same wording';
      case 'mention':
        return `both name ${shown}${more}`;
      case 'symptom':
        return `same kind of trouble: ${shown}${more}`;
      case 'word':
        return `words ${shown}${more}`;
      case 'server':
        return `${values.length === 1 ? 'server' : 'servers'} ${shown}${more}`;
      case 'org':
        return `org ${shown}${more}`;
    }
  });
}
