/**
 * What mails that were understood come to, in one transaction: events, deeds of replies, findings, schedules, runs of
 * jobs, and the mails off the queue. A crash leaves all of it or nothing.
 */
import { markFirstSmtp, type Tenant } from '../accounts/tenants.ts';
import type { Tx } from '../db/transaction.ts';
import type { Grouping } from '../events/grouping/grouping.ts';
import { joinMails } from '../events/join-mails.ts';
import { rememberOrgs } from '../events/orgs.ts';
import type { SignalledMail } from '../events/signalled-mail.ts';
import { quarantineMail, removeFromQueue } from '../inbound/mails.ts';
import type { EventId, MseId } from '../kernel/ids.ts';
import { groupBy } from '../kernel/group-by.ts';
import { markBounced } from '../outbound/deliveries.ts';
import { recordNotTold } from '../outbound/escalation/not-told.ts';
import type { Addresses } from '../outbound/addresses.ts';
import { actByReply, type ReceivedReply } from '../outbound/mail/act-by-reply.ts';
import { saveMemory, type TenantMemory } from '../triage/memory.ts';
import type { Mse } from '../triage/mse.ts';
import type { ReadBatch } from '../triage/read-mails.ts';
import { readCommand } from '../triage/replies/read-command.ts';
import type { RepliedMse } from '../triage/replies/take-replies.ts';
import { recordHits } from '../triage/rules/store.ts';
import { maskSubject } from '../triage/signal.ts';
import { saveFindings } from '../triage/store.ts';
import { withoutTags } from '../triage/tags/grammar.ts';
import { countArrivals } from '../watchdog/count-arrivals.ts';
import type { RunMail } from '../watchdog/runs/run.ts';
import { trackRuns } from '../watchdog/runs/track-runs.ts';

export interface UnderstoodMails extends ReadBatch {
  replies: RepliedMse[];
}

interface Surroundings {
  tenant: Tenant;
  memory: TenantMemory;
  /** For what replies are answered. */
  addresses: () => Addresses;
}

/** Within the one transaction. */
export async function settleMails(
  tx: Tx,
  { mses, replies, unreadable }: UnderstoodMails,
  { tenant, memory, addresses }: Surroundings,
  now: Date,
): Promise<void> {
  for (const { mail, reason } of unreadable) await quarantineMail(tx, tenant.id, mail.id, reason, now);
  const events = await joinEvents(tx, tenant, memory.grouping, mses, now);
  await rememberOrgs(
    tx,
    tenant.id,
    mses.flatMap(({ orgs }) => orgs),
    now,
  );
  await actByReplies(tx, tenant, replies, addresses(), now);
  await saveFindings(tx, tenant.id, [...mses, ...replies], events);
  await countArrivals(tx, tenant.id, mses.flatMap(asArrival), now);
  await trackRuns(tx, tenant.id, mses.flatMap(asRunMail), now);
  const bySmtp = mses.find(({ door }) => door === 'smtp' || door === 'lmtp');
  if (bySmtp && !tenant.firstSmtpAt) await markFirstSmtp(tx, tenant.id, bySmtp.receivedAt);
  await recordHits(tx, tenant.id, countHits(mses), now);
  for (const { bouncedNotice } of mses) {
    const bounced = bouncedNotice && (await markBounced(tx, tenant.id, bouncedNotice, now));
    if (bounced) await recordNotTold(tx, bounced, bouncedNotice.reason, now);
  }
  await saveMemory(tx, memory, now);
  await removeFromQueue(
    tx,
    tenant.id,
    [...mses, ...replies].map(({ id }) => id),
  );
}

/** One by one: each may ask for another deed on the same event. */
async function actByReplies(
  tx: Tx,
  tenant: Tenant,
  replies: readonly RepliedMse[],
  addresses: Addresses,
  now: Date,
): Promise<void> {
  const titleOfEvent = (subject: string): string => titleOf({ mail: { subject } });
  for (const { id, door, mail, reply } of replies) {
    const { deliveryId, automatic, isDisowned, lines } = reply;
    const received: ReceivedReply = {
      mseId: id,
      deliveryId,
      automatic,
      isDisowned,
      from: mail.from.address,
      messageId: mail.messageId,
      isHistory: door === 'import',
      read: (at, timeZone) => readCommand(lines, at, timeZone),
    };
    reply.outcome = await actByReply(tx, tenant.id, received, { ...addresses, titleOf: titleOfEvent }, now);
  }
}

async function joinEvents(
  tx: Tx,
  tenant: Tenant,
  grouping: Grouping,
  mses: readonly Mse[],
  now: Date,
): Promise<Map<MseId, EventId>> {
  // What is imported happened long ago, and nobody is told; live mail may stand between.
  const events = new Map<MseId, EventId>();
  for (const [isLive, group] of groupBy(mses, ({ door }) => door !== 'import')) {
    const joined = await joinMails(tx, tenant.id, group.flatMap(asSignalled), grouping, tenant, isLive, now);
    for (const [mseId, eventId] of joined) events.set(mseId, eventId);
  }
  return events;
}

function asSignalled(mse: Mse): SignalledMail[] {
  const { id, receivedAt, signal, findings, mail, mentions, templateId, isOwn, run } = mse;
  if (!signal) return [];
  return [
    {
      id,
      receivedAt,
      signal,
      state: findings.state?.value ?? 'unknown',
      severity: findings.severity?.value ?? null,
      org: findings.org?.value ?? null,
      servers: findings.servers?.value ?? [],
      mentions,
      templateId,
      title: titleOf({ mail }),
      text: mail.text,
      isNoise: findings.noise?.value ?? false,
      isOwn,
      isStart: run?.phase === 'started' && findings.severity?.value === 'info',
    },
  ];
}

function titleOf({ mail }: { mail: Pick<Mse['mail'], 'subject'> }): string {
  return withoutTags(mail.subject) || '(no subject)';
}

function asArrival(mse: Mse) {
  const { id, receivedAt, door, mail, findings } = mse;
  return [
    {
      mseId: id,
      at: receivedAt,
      sentAt: mail.sentAt,
      door,
      schedule: findings.schedule?.value ?? null,
      scheduleSource: findings.schedule?.source === 'rule' ? ('rule' as const) : ('tag' as const),
      org: findings.org?.value ?? null,
      isOrgStated: findings.org?.source === 'tag' || findings.org?.source === 'rule',
      servers: findings.servers?.value ?? [],
      sender: mail.from.address,
      subject: maskSubject(mail.subject),
      title: titleOf(mse),
      severity: findings.severity?.value ?? null,
    },
  ];
}

function asRunMail({ id, receivedAt, door, mail, findings, run }: Mse): RunMail[] {
  if (!run) return [];
  return [
    {
      ...run,
      mseId: id,
      at: receivedAt,
      sentAt: mail.sentAt,
      door,
      org: findings.org?.value ?? null,
      servers: findings.servers?.value ?? [],
      sender: mail.from.address,
      severity: findings.severity?.value ?? null,
    },
  ];
}

function countHits(mses: readonly Mse[]): Map<string, number> {
  const hits = new Map<string, number>();
  for (const id of mses.flatMap(({ matchedRules }) => matchedRules)) hits.set(id, (hits.get(id) ?? 0) + 1);
  return hits;
}
