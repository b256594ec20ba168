/**
 * The way of a mail through the house, in order:
 *
 *   a door stores it (inbound/accept) → read (replies to notices leave here) → tags → own mail → rules → parsers → servers → templates → model → signal
 *   → run of a job → event (by signal, else by grouping) → schedules → runs
 *
 * A new stage is one file and one line here. What reads the mail needs no database; what decides about events and
 * schedules shares one transaction with the findings, so that a crash leaves a mail either waiting or done.
 */
import type { DataSource } from 'typeorm';
import type { RecentMails } from '../inbound/recent-mails.ts';
import { getTenant, markFirstSmtp, type Tenant } from '../accounts/tenants.ts';
import { inTenant, type Tx } from '../db/transaction.ts';
import type { Grouping } from '../events/grouping/grouping.ts';
import { joinMails } from '../events/join-mails.ts';
import { rememberOrgs } from '../events/orgs.ts';
import type { MailTokens } from '../events/by-mail/mail-tokens.ts';
import type { NoticeSeal } from '../events/notice-seal.ts';
import type { SignalledMail } from '../events/signalled-mail.ts';
import {
  quarantineMail,
  removeFromQueue,
  takeWaitingMails,
  type Position,
  type StoredMail,
} from '../inbound/mails.ts';
import type { EventId, MseId, TenantId } from '../kernel/ids.ts';
import { describeError } from '../kernel/errors.ts';
import { groupBy } from '../kernel/group-by.ts';
import { applyModel } from '../triage/model/apply-model.ts';
import { saveMemory, type Memories, type TenantMemory } from '../triage/memory.ts';
import type { Mse } from '../triage/mse.ts';
import { recogniseOwnMail } from '../triage/own-mail.ts';
import { readCommand } from '../triage/replies/read-command.ts';
import { takeReplies, type RepliedMse } from '../triage/replies/take-replies.ts';
import { runParsers } from '../triage/parsers/run-parsers.ts';
import { readMails, type ReadBatch } from '../triage/read-mails.ts';
import { readRuns } from '../triage/run-phase.ts';
import { applyRules, compileRule, type CompiledRule } from '../triage/rules/apply-rules.ts';
import { listRules, recordHits } from '../triage/rules/store.ts';
import { findServers } from '../triage/servers/find-servers.ts';
import { StaleMemory } from '../triage/stale-memory.ts';
import { deriveSignals, maskSubject } from '../triage/signal.ts';
import { saveFindings } from '../triage/store.ts';
import { applyTags } from '../triage/tags/apply-tags.ts';
import { withoutTags } from '../triage/tags/grammar.ts';
import { mineTemplates } from '../triage/templates/mine-templates.ts';
import { countArrivals } from '../watchdog/count-arrivals.ts';
import type { RunMail } from '../watchdog/runs/run.ts';
import { trackRuns } from '../watchdog/runs/track-runs.ts';
import { markBounced } from '../outbound/deliveries.ts';
import type { DispatchOptions } from '../outbound/dispatch.ts';
import { actByReply, type ReceivedReply } from '../outbound/mail/act-by-reply.ts';

/** What stages may know beside the mails. */
export interface Knowledge {
  tenant: Tenant;
  rules: readonly CompiledRule[];
  seal: NoticeSeal;
  tokens: MailTokens;
  /** What was learnt from the mails before. */
  memory: TenantMemory;
}

type Stage = (mses: Mse[], knowledge: Knowledge) => void;

/** Each stage fills what the ones before left open (semantics §4). */
const STAGES: readonly Stage[] = [
  applyTags,
  recogniseOwnMail,
  applyRules,
  runParsers,
  findServers,
  mineTemplates,
  applyModel,
  deriveSignals,
  readRuns,
];

/** One transaction's worth. While one slice is being written the next is being read. */
const SLICE = 500;

/** A turn at one tenant's queue; then the others have theirs. */
const MOST_SLICES = 8;

export interface Pipeline {
  database: DataSource;
  seal: NoticeSeal;
  tokens: MailTokens;
  /** For what replies are answered. */
  addresses: () => DispatchOptions;
  recent: RecentMails;
  memories: Memories;
}

export interface BatchResult {
  /** Mails taken off the queue. */
  done: number;
  quarantined: number;
  /** When the mails that did not come by import arrived, for measuring the lag. */
  liveArrivals: Date[];
}

/**
 * Takes the oldest waiting mails of a tenant through all stages. The caller holds the tenant's triage lease.
 * A slice that fails because of one mail is run mail by mail, and the mail that fails alone goes to quarantine.
 * @throws what is not a mail's fault (database away): nothing is lost, the mails go on waiting
 */
export async function triageWaitingMails(
  pipeline: Pipeline,
  tenantId: TenantId,
  now: Date,
): Promise<BatchResult> {
  const result: BatchResult = { done: 0, quarantined: 0, liveArrivals: [] };
  const memory = await openMemory(pipeline, tenantId);
  try {
    await takeSlices(pipeline, memory, now, result);
  } catch (error) {
    // Whatever it learnt from mails that were not settled never happened.
    pipeline.memories.drop(tenantId);
    // Nothing is wrong: the mails wait for the next turn, which loads what is known now.
    if (!(error instanceof StaleMemory)) throw error;
  }
  return result;
}

async function takeSlices(
  pipeline: Pipeline,
  memory: TenantMemory,
  now: Date,
  result: BatchResult,
): Promise<void> {
  let ahead: Promise<Understood> | null = takeSlice(pipeline, memory, null);
  for (let slice = 1; ahead; slice += 1) {
    const understood: Understood = await ahead;
    const last = understood.mails.at(-1);
    if (!last) break;
    // A slice that is not full was all there was: looking for more would only delay the one mail that has come.
    const mayBeMore = slice < MOST_SLICES && understood.mails.length === SLICE;
    ahead = mayBeMore ? takeSlice(pipeline, memory, last) : null;
    // Its failure is met when its turn comes.
    ahead?.catch(() => undefined);
    const isWhole = await settleSlice(pipeline, understood, now, result);
    // One by one the mails were read with a memory of their own; what was read ahead knew the former one.
    if (!isWhole) return;
  }
}

function openMemory({ database, memories }: Pipeline, tenantId: TenantId): Promise<TenantMemory> {
  return inTenant(database, tenantId, (tx) => memories.open(tx, tenantId));
}

async function takeSlice(
  pipeline: Pipeline,
  memory: TenantMemory,
  after: Position | null,
): Promise<Understood> {
  const { database, seal, tokens, recent } = pipeline;
  const { tenantId } = memory;
  const { mails, knowledge } = await inTenant(database, tenantId, async (tx) => {
    const taken = await takeWaitingMails(tx, tenantId, SLICE, after, recent);
    const tenant = await getTenant(tx, tenantId);
    const rules = taken.length > 0 ? await listRules(tx, tenantId) : [];
    const compiled = rules.filter(({ isEnabled }) => isEnabled).map(compileRule);
    return { mails: taken, knowledge: { tenant, seal, tokens, memory, rules: compiled } };
  });
  return understand(mails, knowledge);
}

/** Everything that needs no database. A defect is kept for when the slice's turn comes. */
async function understand(mails: readonly StoredMail[], knowledge: Knowledge): Promise<Understood> {
  try {
    const batch = { ...(await readMails(mails)), replies: [] as RepliedMse[] };
    batch.replies = takeReplies(batch, knowledge);
    for (const stage of STAGES) stage(batch.mses, knowledge);
    return { mails, knowledge, batch, failure: null };
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    return { mails, knowledge, batch: { mses: [], replies: [], unreadable: [] }, failure };
  }
}

interface Batch extends ReadBatch {
  replies: RepliedMse[];
}

interface Understood {
  mails: readonly StoredMail[];
  knowledge: Knowledge;
  batch: Batch;
  failure: Error | null;
}

/** @returns false when the slice failed as a whole and its mails were settled one by one */
async function settleSlice(
  pipeline: Pipeline,
  { mails, knowledge, batch, failure }: Understood,
  now: Date,
  result: BatchResult,
): Promise<boolean> {
  try {
    if (failure !== null) throw failure;
    await inTenant(pipeline.database, knowledge.tenant.id, (tx) =>
      settle(tx, pipeline, batch, knowledge, now),
    );
    count(result, batch);
    return true;
  } catch (error) {
    if (!isFaultOfMail(error)) throw error;
    await settleOneByOne(pipeline, mails, knowledge, now, result);
    return false;
  }
}

function count(result: BatchResult, { mses, replies, unreadable }: Batch): void {
  result.done += mses.length + replies.length + unreadable.length;
  result.quarantined += unreadable.length;
  for (const { door, receivedAt } of mses) if (door !== 'import') result.liveArrivals.push(receivedAt);
}

async function settleOneByOne(
  pipeline: Pipeline,
  mails: readonly StoredMail[],
  knowledge: Knowledge,
  now: Date,
  result: BatchResult,
): Promise<void> {
  const tenantId = knowledge.tenant.id;
  // In arrival order: a problem must be known before its recovery.
  pipeline.memories.drop(tenantId);
  for (const mail of mails) {
    const memory = await openMemory(pipeline, tenantId);
    const { batch, failure } = await understand([mail], { ...knowledge, memory });
    try {
      if (failure !== null) throw failure;
      await inTenant(pipeline.database, tenantId, (tx) =>
        settle(tx, pipeline, batch, { ...knowledge, memory }, now),
      );
      count(result, batch);
    } catch (error) {
      pipeline.memories.drop(tenantId);
      if (!isFaultOfMail(error)) throw error;
      const reason = `Triage failed on this mail: ${describeError(error)}`;
      await inTenant(pipeline.database, tenantId, (tx) => quarantineMail(tx, tenantId, mail.id, reason, now));
      count(result, { mses: [], replies: [], unreadable: [{ mail, reason }] });
    }
  }
}

/** One transaction: events, findings, schedules, and the mails off the queue. */
async function settle(
  tx: Tx,
  pipeline: Pipeline,
  batch: Batch,
  { tenant, memory }: Knowledge,
  now: Date,
): Promise<void> {
  const { mses, replies, unreadable } = batch;
  for (const { mail, reason } of unreadable) await quarantineMail(tx, tenant.id, mail.id, reason, now);
  const events = await joinEvents(tx, tenant, memory.grouping, mses, now);
  await rememberOrgs(
    tx,
    tenant.id,
    mses.flatMap(({ orgs }) => orgs),
    now,
  );
  await actByReplies(tx, pipeline, tenant, replies, now);
  await saveFindings(tx, tenant.id, [...mses, ...replies], events);
  await countArrivals(tx, tenant.id, mses.flatMap(asArrival), now);
  await trackRuns(tx, tenant.id, mses.flatMap(asRunMail), now);
  const bySmtp = mses.find(({ door }) => door === 'smtp' || door === 'lmtp');
  if (bySmtp && !tenant.firstSmtpAt) await markFirstSmtp(tx, tenant.id, bySmtp.receivedAt);
  await recordHits(tx, tenant.id, countHits(mses), now);
  for (const { bouncedNotice } of mses) {
    if (bouncedNotice) await markBounced(tx, tenant.id, bouncedNotice, now);
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
  { addresses }: Pipeline,
  tenant: Tenant,
  replies: readonly RepliedMse[],
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
    reply.outcome = await actByReply(tx, tenant.id, received, { ...addresses(), titleOf: titleOfEvent }, now);
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

/**
 * SQLSTATE classes that speak of the data (22 data exception, 23 constraint, 54 limit exceeded), and defects of our
 * own code on this mail. Everything else (connection, resources, shutdown) has nothing to do with the mail.
 */
function isFaultOfMail(error: unknown): boolean {
  const code: unknown = (error as { code?: unknown }).code;
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return /^(22|23|54)/.test(code);
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
}
