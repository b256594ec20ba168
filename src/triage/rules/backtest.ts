/**
 * What a rule would do, tried on the mails that are stored. Nothing is written. The newest mails are looked at, in
 * batches, until a limit of mails or of time.
 */
import { rows, type Tx } from '../../db/transaction.ts';
import type { MaybeSeverity } from '../../events/severity.ts';
import { severityRank } from '../../events/severity.ts';
import { type Clock, SECOND } from '../../kernel/clock.ts';
import type { MseId, TenantId } from '../../kernel/ids.ts';
import { newMse, type Findings, type Mse } from '../mse.ts';
import type { ReadMail } from '../../inbound/parse/read-mail.ts';
import { applyActions, matchable } from './apply-rules.ts';
import { compileCondition, type Match } from './match.ts';
import { partsOf, type Actions, type Condition, type Field } from './rule.ts';

export interface BacktestSample {
  mseId: MseId;
  subject: string;
  from: string;
  receivedAt: Date;
  before: Outcome;
  after: Outcome;
}

export interface Outcome {
  severity: MaybeSeverity;
  org: string | null;
  servers: string[];
  noise: boolean;
}

export interface BacktestResult {
  /** Mails looked at, the newest first. */
  examined: number;
  matched: number;
  /** Of the matched, those that would come out differently. */
  changed: number;
  /** Criticals that would be lowered or hidden as noise. */
  hiddenCriticals: number;
  /** Mails that would become noise. */
  silenced: number;
  /** Mails without severity or org that would have both. */
  classified: number;
  /** False when the limit of time ended the search. */
  isComplete: boolean;
  /** Lowered criticals first, then what else would change; the newest first in each. */
  samples: BacktestSample[];
}

export interface Backtest {
  condition: Condition;
  actions: Actions;
}

const MOST_EXAMINED = 10_000;
const BATCH = 500;
const MOST_SAMPLES = 50;
/** A person waits for the answer. */
const LIMIT_MS = 5 * SECOND;

/** Reads the source of a stored mail; needed only for conditions on headers, recipients and hosts. */
export type ReadSource = (mseId: MseId) => Promise<ReadMail>;

export async function backtest(
  tx: Tx,
  tenantId: TenantId,
  rule: Backtest,
  readSource: ReadSource,
  clock: Clock,
): Promise<BacktestResult> {
  const matches = compileCondition(rule.condition);
  const needsSource = fieldsOf(rule.condition).some((field) => ['header', 'to', 'source'].includes(field));
  const endsAt = clock.now().getTime() + LIMIT_MS;
  const result: BacktestResult = {
    examined: 0,
    matched: 0,
    changed: 0,
    hiddenCriticals: 0,
    silenced: 0,
    classified: 0,
    isComplete: true,
    samples: [],
  };
  const samples = new Samples();
  while (result.examined < MOST_EXAMINED) {
    const stored = await loadBatch(tx, tenantId, result.examined);
    for (const row of stored) {
      const mse = asMse(row, needsSource ? await readSource(row.id) : null);
      const match = matches(matchable(mse));
      if (match) samples.add(count(result, mse, rule.actions, match));
      result.examined += 1;
    }
    if (stored.length < BATCH) break;
    if (clock.now().getTime() > endsAt)
      return { ...result, isComplete: false, samples: samples.worstFirst() };
  }
  return { ...result, samples: samples.worstFirst() };
}

interface Counted {
  mse: Mse;
  before: Outcome;
  after: Outcome;
  isChanged: boolean;
  isHidden: boolean;
}

/** The first of each kind, so that a lowered critical is shown however many harmless mails match before it. */
class Samples {
  readonly #kinds: BacktestSample[][] = [[], [], []];

  add({ mse: { id, mail, receivedAt }, before, after, isChanged, isHidden }: Counted): void {
    const kind = this.#kinds[isHidden ? 0 : isChanged ? 1 : 2] ?? [];
    if (kind.length >= MOST_SAMPLES) return;
    kind.push({ mseId: id, subject: mail.subject, from: mail.from.address, receivedAt, before, after });
  }

  worstFirst(): BacktestSample[] {
    return this.#kinds.flat().slice(0, MOST_SAMPLES);
  }
}

function fieldsOf(condition: Condition): Field[] {
  return 'field' in condition ? [condition.field] : partsOf(condition).flatMap(fieldsOf);
}

interface StoredMse {
  id: MseId;
  receivedAt: Date;
  subject: string;
  fromAddress: string;
  fromName: string;
  orgs: string[];
  findings: Findings;
  body: string;
  attachments: string[];
}

async function loadBatch(tx: Tx, tenantId: TenantId, offset: number): Promise<StoredMse[]> {
  return rows<StoredMse>(
    tx,
    `select m.id, m.received_at as "receivedAt", m.subject, m.from_address as "fromAddress",
       m.from_name as "fromName", m.orgs, m.findings, t.body, t.attachments
     from (select * from mses where tenant_id = $1 and event_id is not null order by received_at desc, id desc limit ${BATCH} offset $2) m
       join mail_texts t on t.tenant_id = m.tenant_id and t.mse_id = m.id
     order by m.received_at desc, m.id desc`,
    [tenantId, offset],
  );
}

function asMse(row: StoredMse, source: ReadMail | null): Mse {
  const mail: ReadMail = source ?? {
    messageId: null,
    sentAt: null,
    subject: row.subject,
    from: { address: row.fromAddress, name: row.fromName },
    to: [],
    text: row.body,
    attachments: row.attachments.map((name) => ({ name, contentType: '', size: 0 })),
    header: () => [],
  };
  const mse = newMse({ id: row.id, receivedAt: row.receivedAt, door: 'import', raw: Buffer.alloc(0) }, mail);
  mse.findings = row.findings;
  mse.orgs = row.orgs;
  return mse;
}

function count(result: BacktestResult, mse: Mse, actions: Actions, match: Match): Counted {
  const present = mse.findings;
  mse.findings = onlyFirm(present);
  applyActions(mse, actions, match, 'the rule being tried');
  const before = outcomeOf(present);
  const after = outcomeOf({ ...present, ...mse.findings });
  const isChanged = JSON.stringify(before) !== JSON.stringify(after);
  const isHidden =
    before.severity === 'critical' &&
    (after.noise || severityRank(after.severity) > severityRank(before.severity));
  result.matched += 1;
  if (isChanged) result.changed += 1;
  if (isHidden) result.hiddenCriticals += 1;
  if (after.noise && !before.noise) result.silenced += 1;
  if (isClassified(after) && !isClassified(before)) result.classified += 1;
  return { mse, before, after, isChanged, isHidden };
}

function isClassified({ severity, org }: Outcome): boolean {
  return severity !== null && org !== null;
}

/** What tags and people decided stays decided; what rules, parsers or nobody decided is open to the rule. */
function onlyFirm(findings: Findings): Findings {
  const firm = Object.entries(findings).filter(([, finding]: [string, Findings[keyof Findings]]) =>
    ['tag', 'human'].includes(finding?.source ?? 'none'),
  );
  return Object.fromEntries(firm);
}

function outcomeOf(findings: Findings): Outcome {
  return {
    severity: findings.severity?.value ?? null,
    org: findings.org?.value ?? null,
    servers: findings.servers?.value ?? [],
    noise: findings.noise?.value ?? false,
  };
}
