/**
 * A person puts right what triage found in a mail. The correction wins over every other source, and the mail's event
 * follows: its signal takes the severity, the event the path.
 */
import type { Actor } from '../accounts/role.ts';
import { affected, oneRow, type Tx } from '../db/transaction.ts';
import { recordChanges } from '../events/change.ts';
import { severityOf } from '../events/event.ts';
import { summariseMails } from '../events/membership.ts';
import { rememberOrgs } from '../events/orgs.ts';
import type { Severity } from '../events/severity.ts';
import { lockEvents, saveSignals, updateEvents } from '../events/store.ts';
import { NotFound } from '../kernel/errors.ts';
import type { EventId, MseId, TenantId } from '../kernel/ids.ts';
import { getMse, type ListedMse } from './list-mses.ts';
import type { Finding } from './mse.ts';

export interface Correction {
  severity?: Severity;
  org?: string;
  servers?: string[];
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
  const owner = await oneRow<{ id: MseId; eventId: EventId }>(
    tx,
    'select id, event_id as "eventId" from mses where tenant_id = $1 and id::text = $2',
    [tenantId, id],
  );
  if (!owner) throw new NotFound('mail');
  // The event first, as triage locks it: two transactions must not take the two in different orders.
  const [event] = await lockEvents(tx, tenantId, [owner.eventId]);
  const before = await getMse(tx, tenantId, id);
  const after = await writeCorrection(tx, tenantId, before, correction, actor);
  await rememberOrgs(tx, tenantId, [after.org], now);
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
      why: describe(correction),
    },
  ]);
  return after;
}

async function writeCorrection(
  tx: Tx,
  tenantId: TenantId,
  mse: ListedMse,
  correction: Correction,
  actor: Actor,
): Promise<ListedMse> {
  const byHuman = { source: 'human' as const, confidence: 1, reason: `put right by ${actor.name}` };
  const findings = { ...mse.findings };
  if (correction.severity) findings.severity = { ...byHuman, value: correction.severity };
  if (correction.org) findings.org = { ...byHuman, value: correction.org };
  if (correction.servers)
    findings.servers = { ...byHuman, value: correction.servers } satisfies Finding<string[]>;
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

function describe({ severity, org, servers }: Correction): string {
  const parts = [
    severity ? `severity ${severity}` : null,
    org ? `org ${org}` : null,
    servers ? `servers ${servers.join(', ') || 'none'}` : null,
  ];
  return parts.filter(Boolean).join(', ');
}
