/**
 * A person puts right what triage found in a mail. The correction wins over every other source, and the mail's event
 * follows: its signal takes the severity, the event the path.
 */
import type { Actor } from '../accounts/role.ts';
import { affected, type Tx } from '../db/transaction.ts';
import { act, type Act } from '../events/act.ts';
import { recordChanges } from '../events/change.ts';
import { severityOf } from '../events/event.ts';
import { summariseMails } from '../events/membership.ts';
import { rememberOrgs } from '../events/orgs.ts';
import type { Severity } from '../events/severity.ts';
import { lockEvents, saveSignals, updateEvents } from '../events/store.ts';
import { given } from '../kernel/given.ts';
import type { EventId, TenantId } from '../kernel/ids.ts';
import { getMse, type ListedMse } from './list-mses.ts';
import { replaceFindings } from './mse.ts';
import { recordCorrections } from './model/store.ts';
import { confirmServers, teachOrg } from './servers/store.ts';

export interface Correction {
  severity?: Severity | undefined;
  org?: string | undefined;
  servers?: string[] | undefined;
}

/** @throws NotFound */
export async function correctMse(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  correction: Correction,
  actor: Actor,
  now: Date,
): Promise<ListedMse> {
  const { eventId } = await getMse(tx, tenantId, id);
  // The event first, as triage locks it: two transactions must not take the two in different orders.
  const [event] = await lockEvents(tx, tenantId, [eventId]);
  const before = await getMse(tx, tenantId, id);
  const after = await writeCorrection(tx, tenantId, before, correction, actor);
  await rememberOrgs(tx, tenantId, [after.org], now);
  await confirmServers(tx, tenantId, correction.servers ?? [], now);
  if (correction.org) await teachOrg(tx, tenantId, { mseId: after.id }, correction.org);
  await recordCorrections(tx, tenantId, { mseId: after.id }, correction, actor, now);
  if (!event) return after;
  const signal = event.signals.get(after.signalKey);
  if (signal && correction.severity) {
    signal.severity = correction.severity;
    await saveSignals(tx, tenantId, [{ ...signal, eventId: event.id }]);
  }
  const formerly = { severity: event.severity, org: event.org };
  const mails = await summariseMails(tx, tenantId, event.id);
  event.org = mails.org;
  event.servers = mails.servers;
  event.severity = severityOf(event.signals.values(), correction.severity ?? event.severity);
  await updateEvents(tx, tenantId, [event], true);
  await recordChanges(tx, tenantId, [
    {
      eventId: event.id,
      at: now,
      actor,
      what: 'corrected',
      detail: { mse: after.id, formerly, ...correction },
      why: describeCorrection(correction),
    },
  ]);
  return after;
}

/**
 * Puts right all mails of an event at once, and the event: for one that triage could not classify, and for verdicts,
 * which have no mails.
 * @throws NotFound, Conflict
 */
export async function correctEvent(
  tx: Tx,
  request: Act,
  { severity, org }: Pick<Correction, 'severity' | 'org'>,
): Promise<EventId> {
  const { tenantId, actor, now } = request;
  const event = await act(tx, request, async (present) => {
    const mails = await writeCorrections(
      tx,
      tenantId,
      { eventId: present.id },
      { severity, org },
      actor,
      now,
    );
    await rememberOrgs(tx, tenantId, [org ?? null], now);
    const formerly = { severity: present.severity, org: present.org };
    if (org) present.org = org;
    if (severity) {
      present.severity = severity;
      const signals = [...present.signals.values()];
      await saveSignals(
        tx,
        tenantId,
        signals.map((signal) => ({ ...signal, severity, eventId: present.id })),
      );
    }
    const detail = { mails, formerly, ...given({ severity, org }) };
    return { what: 'corrected', detail, why: describeCorrection({ severity, org }) };
  });
  return event.id;
}

/**
 * Of all mails of an event, or of those of one signal that nothing has classified yet.
 * @returns how many mails
 */
export async function writeCorrections(
  tx: Tx,
  tenantId: TenantId,
  { eventId, waitingSignal = null }: { eventId: EventId; waitingSignal?: string | null },
  { severity, org }: Pick<Correction, 'severity' | 'org'>,
  actor: Actor,
  now: Date,
): Promise<number> {
  const findings = {
    ...(severity ? { severity: { ...byHuman(actor), value: severity } } : {}),
    ...(org ? { org: { ...byHuman(actor), value: org } } : {}),
  };
  if (org) await teachOrg(tx, tenantId, { eventId, signal: waitingSignal }, org);
  await recordCorrections(tx, tenantId, { eventId, signal: waitingSignal }, { org, severity }, actor, now);
  return affected(
    tx,
    `update mses set severity = coalesce($3, severity), org = coalesce($4, org),
       orgs = case when $4::text is null then orgs else array[$4::text] end,
       findings = findings || $5::jsonb || jsonb_build_object('others',
         ${formerOf('severity', '$3')} || ${formerOf('org', '$4')} || coalesce(findings -> 'others', '[]'))
     where tenant_id = $1 and event_id = $2
       and ($6::uuid is null or (signal_key = $6 and (severity is null or org is null)))`,
    [tenantId, eventId, severity ?? null, org ?? null, JSON.stringify(findings), waitingSignal],
  );
}

/** What is replaced, as replaceFindings keeps it of a single mail. */
function formerOf(field: 'severity' | 'org', replacement: string): string {
  const former = `findings -> '${field}'`;
  return `case when ${replacement}::text is null or ${former} is null or ${former} ->> 'source' = 'human'
       then '[]'::jsonb else jsonb_build_array((${former}) - 'clues' || '{"field": "${field}"}') end`;
}

function byHuman(actor: Actor) {
  return { source: 'human' as const, confidence: 1, reason: `put right by ${actor.name}` };
}

async function writeCorrection(
  tx: Tx,
  tenantId: TenantId,
  mse: ListedMse,
  correction: Correction,
  actor: Actor,
): Promise<ListedMse> {
  const { severity, org: path, servers } = correction;
  const findings = replaceFindings(mse.findings, {
    ...(severity ? { severity: { ...byHuman(actor), value: severity } } : {}),
    ...(path ? { org: { ...byHuman(actor), value: path } } : {}),
    ...(servers ? { servers: { ...byHuman(actor), value: servers } } : {}),
  });
  const org = correction.org ?? mse.org;
  await affected(
    tx,
    `update mses set severity = $3, org = $4, orgs = $5, servers = $6, findings = $7
     where tenant_id = $1 and id = $2`,
    [
      tenantId,
      mse.id,
      correction.severity ?? mse.severity,
      org,
      correction.org ? [correction.org] : mse.orgs,
      correction.servers ?? mse.servers,
      JSON.stringify(findings),
    ],
  );
  return getMse(tx, tenantId, mse.id);
}

export function describeCorrection({ severity, org, servers }: Correction): string {
  const parts = [
    severity ? `severity ${severity}` : null,
    org ? `org ${org}` : null,
    servers ? `servers ${servers.join(', ') || 'none'}` : null,
  ];
  return parts.filter(Boolean).join(', ');
}
