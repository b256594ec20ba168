/** Writes what triage found: one statement a table for a batch. */
import type { EventId, MseId, TenantId } from '../kernel/ids.ts';
import { rows, type Tx } from '../db/transaction.ts';
import { withoutTokens } from '../events/by-mail/mail-tokens.ts';
import type { Mse } from './mse.ts';

export async function saveFindings(
  tx: Tx,
  tenantId: TenantId,
  mses: readonly Mse[],
  events: ReadonlyMap<MseId, EventId>,
): Promise<void> {
  if (mses.length === 0) return;
  const written = mses.map((mse) => asRow(mse, events));
  await rows(
    tx,
    `insert into mses (tenant_id, id, received_at, message_id, sent_at, subject, from_address, from_name, severity,
       org, orgs, servers, state, is_noise, signal_key, template_id, event_id, findings, lint)
     select $1, m.id, m."receivedAt", m."messageId", m."sentAt", m.subject, m."fromAddress", m."fromName", m.severity,
       m.org, array(select json_array_elements_text(m.orgs)), array(select json_array_elements_text(m.servers)),
       m.state, m."isNoise", m."signalKey", m."templateId", m."eventId", m.findings, array(select json_array_elements_text(m.lint))
     from json_to_recordset($2) as m (id uuid, "receivedAt" timestamptz, "messageId" text, "sentAt" timestamptz,
       subject text, "fromAddress" text, "fromName" text, severity text, org text, orgs json, servers json, state text,
       "isNoise" boolean, "signalKey" uuid, "templateId" uuid, "eventId" uuid, findings jsonb, lint json)`,
    [tenantId, JSON.stringify(written)],
  );
  await rows(
    tx,
    `insert into mail_texts (tenant_id, mse_id, subject, body, attachments)
     select $1, t.id, t.subject, t.body, array(select json_array_elements_text(t.attachments))
     from json_to_recordset($2) as t (id uuid, subject text, body text, attachments json)`,
    [tenantId, JSON.stringify(mses.map(asText))],
  );
}

function asRow(mse: Mse, events: ReadonlyMap<MseId, EventId>) {
  const { mail, findings, signal } = mse;
  return {
    id: mse.id,
    receivedAt: mse.receivedAt,
    messageId: mail.messageId,
    sentAt: mail.sentAt,
    subject: mail.subject,
    fromAddress: mail.from.address,
    fromName: mail.from.name,
    severity: findings.severity?.value ?? null,
    org: findings.org?.value ?? null,
    orgs: mse.orgs,
    servers: findings.servers?.value ?? [],
    state: findings.state?.value ?? 'unknown',
    isNoise: findings.noise?.value ?? false,
    signalKey: signal?.key,
    templateId: mse.templateId,
    // Null for a reply alone.
    eventId: events.get(mse.id) ?? null,
    findings: {
      ...findings,
      signal: signal?.label,
      rules: mse.matchedRules,
      ...(mse.others.length > 0 ? { others: mse.others } : {}),
      ...(mse.reading ? { tool: mse.reading.tool } : {}),
      ...(mse.mentions.length > 0 ? { mentions: mse.mentions } : {}),
      ...(mse.isOwn ? { isOwn: true } : {}),
      ...(mse.reply?.outcome ? { reply: mse.reply.outcome } : {}),
      ...(mse.reading?.service ? { service: mse.reading.service } : {}),
    },
    lint: mse.lint,
  };
}

function asText({ id, mail, isOwn, reply }: Mse) {
  // Everybody in the tenant reads it: of a reply what the person wrote, not the notice with its links below.
  const text = reply ? reply.lines.join('\n') : mail.text;
  return {
    id,
    subject: mail.subject,
    body: isOwn ? withoutTokens(text) : text,
    attachments: mail.attachments.map(({ name }) => name).filter(Boolean),
  };
}
