/** A stored mail in the shape of the API. */
import type { z } from 'zod';
import type { ListedMse } from '../../triage/list-mses.ts';
import type { Finding } from '../../triage/mse.ts';
import type { mse } from '../schemas/mse.ts';

export function presentMse(stored: ListedMse): z.input<typeof mse> {
  const { findings } = stored;
  const fields = {
    severity: stored.severity === null ? undefined : findings.severity,
    org: stored.org === null ? undefined : findings.org,
    servers: stored.servers.length === 0 ? undefined : findings.servers,
    state: stored.state === 'unknown' ? undefined : findings.state,
  };
  return {
    id: stored.id,
    messageId: stored.messageId,
    receivedAt: stored.receivedAt,
    subject: stored.subject,
    from: stored.fromAddress,
    severity: stored.severity,
    org: stored.org,
    orgs: stored.orgs,
    servers: stored.servers,
    state: stored.state,
    signal: stored.signalKey,
    schedule: findings.schedule?.value ?? null,
    sources: mapFields(fields, (finding) => finding?.source ?? 'none'),
    confidence: mapFields(fields, (finding) => finding?.confidence ?? null),
    reasons: mapFields(fields, (finding) => finding?.reason ?? null),
    clues: { severity: fields.severity?.clues ?? [], org: fields.org?.clues ?? [] },
    others: findings.others ?? [],
    tool: findings.tool ?? null,
    mentions: findings.mentions ?? [],
    templateId: stored.templateId,
    eventId: stored.eventId,
    reply: findings.reply?.what ?? null,
    noise: stored.isNoise,
    lint: stored.lint,
  };
}

type Fields = Record<'severity' | 'org' | 'servers' | 'state', Finding<unknown> | undefined>;

function mapFields<T>(fields: Fields, read: (finding: Finding<unknown> | undefined) => T) {
  return {
    severity: read(fields.severity),
    org: read(fields.org),
    servers: read(fields.servers),
    state: read(fields.state),
  };
}
