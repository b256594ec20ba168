/**
 * The way of a mail through the house, in order:
 *
 *   a door stores it (inbound/accept) → read (replies to notices leave here) → tags → own mail → rules → parsers →
 *   servers → templates → model → signal → run of a job → settled: event (by signal, else by grouping), schedules, runs
 *
 * A new stage is one file and one line here. What reads the mail needs no database; what decides about events and
 * schedules shares one transaction with the findings (settle-mails.ts).
 */
import type { DataSource } from 'typeorm';
import { getTenant, type Tenant } from '../accounts/tenants.ts';
import { inTenant } from '../db/transaction.ts';
import type { MailTokens } from '../events/by-mail/mail-tokens.ts';
import type { NoticeSeal } from '../events/notice-seal.ts';
import { quarantineMail, takeWaitingMails, type Position, type StoredMail } from '../inbound/mails.ts';
import type { RecentMails } from '../inbound/recent-mails.ts';
import type { TenantId } from '../kernel/ids.ts';
import { describeError } from '../kernel/errors.ts';
import type { Addresses } from '../outbound/addresses.ts';
import { applyModel } from '../triage/model/apply-model.ts';
import type { Memories, TenantMemory } from '../triage/memory.ts';
import type { Mse } from '../triage/mse.ts';
import { recogniseOwnMail } from '../triage/own-mail.ts';
import { takeReplies } from '../triage/replies/take-replies.ts';
import { runParsers } from '../triage/parsers/run-parsers.ts';
import { readMails } from '../triage/read-mails.ts';
import { readRuns } from '../triage/run-phase.ts';
import { applyRules, compileRule, type CompiledRule } from '../triage/rules/apply-rules.ts';
import { listRules } from '../triage/rules/store.ts';
import { findServers } from '../triage/servers/find-servers.ts';
import { StaleMemory } from '../triage/stale-memory.ts';
import { deriveSignals } from '../triage/signal.ts';
import { applyTags } from '../triage/tags/apply-tags.ts';
import { mineTemplates } from '../triage/templates/mine-templates.ts';
import { settleMails, type UnderstoodMails } from './settle-mails.ts';

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
  addresses: () => Addresses;
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
    const { unreadable, mses: read } = await readMails(mails);
    const { mses, replies } = takeReplies(read, knowledge);
    for (const stage of STAGES) stage(mses, knowledge);
    return { mails, knowledge, batch: { mses, replies, unreadable }, failure: null };
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    return { mails, knowledge, batch: { mses: [], replies: [], unreadable: [] }, failure };
  }
}

interface Understood {
  mails: readonly StoredMail[];
  knowledge: Knowledge;
  batch: UnderstoodMails;
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
      settleMails(tx, batch, { ...knowledge, addresses: pipeline.addresses }, now),
    );
    count(result, batch);
    return true;
  } catch (error) {
    if (!isFaultOfMail(error)) throw error;
    await settleOneByOne(pipeline, mails, knowledge, now, result);
    return false;
  }
}

function count(result: BatchResult, { mses, replies, unreadable }: UnderstoodMails): void {
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
        settleMails(tx, batch, { ...knowledge, memory, addresses: pipeline.addresses }, now),
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

/**
 * SQLSTATE classes that speak of the data (22 data exception, 23 constraint, 54 limit exceeded), and defects of our
 * own code on this mail. Everything else (connection, resources, shutdown) has nothing to do with the mail.
 */
function isFaultOfMail(error: unknown): boolean {
  const code: unknown = (error as { code?: unknown }).code;
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return /^(22|23|54)/.test(code);
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
}
