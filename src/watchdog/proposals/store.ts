/** Proposed schedules as they are kept: what is found again is renewed, what people decided stays decided. */
import { NotFound } from '../../kernel/errors.ts';
import { isUuid, newId, type ProposalId, type TenantId } from '../../kernel/ids.ts';
import { affected, oneRow, rows, type Tx } from '../../db/transaction.ts';
import { findDeclared, isWaitedFor } from '../count-arrivals.ts';
import type { FoundProposal, ProposalScope } from './propose-for-mails.ts';
import type { ProposedPace } from './propose.ts';

export interface StoredProposal extends ProposalScope {
  id: ProposalId;
  name: string;
  signalKey: string;
  pace: ProposedPace;
  spreadSeconds: number | null;
  recent: boolean[];
  confidence: number;
  falseAlarmsPerMonth: number;
  seenFrom: Date;
  seenTo: Date;
  count: number;
  state: 'proposed' | 'accepted' | 'refused';
  decidedBy: string | null;
  decidedAt: Date | null;
}

const PROPOSAL = `p.id, p.name, p.sender, p.subject, p.servers, p.signal_key as "signalKey", p.pace,
  p.spread_seconds as "spreadSeconds", p.recent, p.confidence, p.false_alarms_per_month as "falseAlarmsPerMonth",
  p.seen_from as "seenFrom", p.seen_to as "seenTo", p.count, p.state, p.decided_by as "decidedBy",
  p.decided_at as "decidedAt"`;

/** A page of more is not read; the next are shown when these are decided. */
const MOST_SHOWN = 100;

/** Those that wait for a person, the surest first. */
export async function listProposals(tx: Tx, tenantId: TenantId): Promise<StoredProposal[]> {
  return rows<StoredProposal>(
    tx,
    `select ${PROPOSAL} from schedule_proposals p where p.tenant_id = $1 and p.state = 'proposed'
     order by p.false_alarms_per_month, p.confidence desc, p.name, p.id limit ${MOST_SHOWN}`,
    [tenantId],
  );
}

/** @throws NotFound */
export async function getProposal(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  lock: '' | 'for update' = '',
): Promise<StoredProposal> {
  const found = isUuid(id)
    ? await oneRow<StoredProposal>(
        tx,
        `select ${PROPOSAL} from schedule_proposals p where p.tenant_id = $1 and p.id = $2 ${lock}`,
        [tenantId, id],
      )
    : undefined;
  if (!found) throw new NotFound('proposal');
  return found;
}

/** The signals that were looked at: behind `after` and up to `to`; null: from the first, to the last. */
export interface LookedAt {
  after: string | null;
  to: string | null;
}

/** What was proposed for these signals and is not found any more goes; what was decided stays and is not proposed again. */
export async function saveProposals(
  tx: Tx,
  tenantId: TenantId,
  found: readonly FoundProposal[],
  { after, to }: LookedAt,
  now: Date,
): Promise<void> {
  const fresh = await withoutCounted(tx, tenantId, found);
  const written = fresh.map(({ sender, subject, servers, ...proposal }) => ({
    id: newId<ProposalId>(now),
    scopeKey: scopeKey({ sender, subject, servers }),
    name: proposal.name,
    sender,
    subject,
    servers,
    signalKey: proposal.signalKey,
    pace: proposal.pace,
    spreadSeconds: proposal.spreadSeconds,
    recent: proposal.recent,
    confidence: proposal.confidence,
    falseAlarms: proposal.falseAlarmsPerMonth,
    seenFrom: new Date(proposal.seenFrom),
    seenTo: new Date(proposal.seenTo),
    count: proposal.count,
  }));
  await affected(
    tx,
    `delete from schedule_proposals where tenant_id = $1 and state = 'proposed' and scope_key <> all($2)
       and ($3::uuid is null or signal_key > $3) and ($4::uuid is null or signal_key <= $4)`,
    [tenantId, written.map((one) => one.scopeKey), after, to],
  );
  await rows(
    tx,
    `insert into schedule_proposals (tenant_id, id, scope_key, name, sender, subject, servers, signal_key, pace,
       spread_seconds, recent, confidence, false_alarms_per_month, seen_from, seen_to, count, proposed_at)
     select $1, p.id, p."scopeKey", p.name, p.sender, p.subject, array(select json_array_elements_text(p.servers)),
       p."signalKey", p.pace, p."spreadSeconds", array(select value::boolean from json_array_elements_text(p.recent)),
       p.confidence, p."falseAlarms", p."seenFrom", p."seenTo", p.count, $3
     from json_to_recordset($2) as p (id uuid, "scopeKey" text, name text, sender text, subject text, servers json,
       "signalKey" uuid, pace jsonb, "spreadSeconds" integer, recent json, confidence real, "falseAlarms" real,
       "seenFrom" timestamptz, "seenTo" timestamptz, count integer)
     on conflict (tenant_id, scope_key) do update set
       name = excluded.name, signal_key = excluded.signal_key, pace = excluded.pace,
       spread_seconds = excluded.spread_seconds, recent = excluded.recent, confidence = excluded.confidence,
       false_alarms_per_month = excluded.false_alarms_per_month, seen_from = excluded.seen_from,
       seen_to = excluded.seen_to, count = excluded.count
       where schedule_proposals.state = 'proposed'
     returning id`,
    [tenantId, JSON.stringify(written), now],
  );
}

function scopeKey({ sender, subject, servers }: ProposalScope): string {
  return [sender, subject, [...servers].sort().join(',')].join('|');
}

/** Mails that a schedule counts already, declared or by the tag that they sometimes carry, need none. */
async function withoutCounted(
  tx: Tx,
  tenantId: TenantId,
  found: readonly FoundProposal[],
): Promise<FoundProposal[]> {
  if (found.length === 0) return [];
  const declared = await findDeclared(tx, tenantId);
  const tagged = await rows<{ sender: string; subject: string }>(
    tx,
    `select distinct s.sender, s.subject from streams s
     where s.tenant_id = $1 and s.source = 'tag' and s.sender = any($2)`,
    [tenantId, [...new Set(found.map(({ sender }) => sender))]],
  );
  const taggedKeys = new Set(tagged.map((one) => `${one.sender}\n${one.subject}`));
  const unique = new Map(found.map((one) => [scopeKey(one), one]));
  return [...unique.values()].filter(
    ({ last, sender, subject }) =>
      !taggedKeys.has(`${sender}\n${subject}`) &&
      !declared.some((stream) => isWaitedFor(stream, { ...last, title: last.rawSubject, subject })),
  );
}

/** A person's word, once. @returns false when somebody has decided already */
export async function decideProposal(
  tx: Tx,
  tenantId: TenantId,
  id: ProposalId,
  state: 'accepted' | 'refused',
  by: string,
  now: Date,
): Promise<boolean> {
  const changed = await affected(
    tx,
    `update schedule_proposals set state = $3, decided_by = $4, decided_at = $5
     where tenant_id = $1 and id = $2 and state = 'proposed'`,
    [tenantId, id, state, by, now],
  );
  return changed > 0;
}
