/** The table of escalation policies. A change takes effect on what has not been told yet. */
import { isOrgPattern } from '../../accounts/org-pattern.ts';
import { affected, oneRow, rows, type Tx } from '../../db/transaction.ts';
import { Conflict, Invalid, NotFound, type Fault } from '../../kernel/errors.ts';
import { newId, type TenantId } from '../../kernel/ids.ts';
import { lookAgain } from './escalations.ts';
import { tells, type EscalationPolicy } from './policy.ts';
import { loadTargets, nameOf } from './targets.ts';

export type NewPolicy = Omit<EscalationPolicy, 'id'>;

/** Each is held against each new event. */
const MOST_POLICIES = 100;
const MOST_STEPS = 10;
const MOST_TARGETS = 20;
const MOST_PATTERNS = 50;
/** One that nobody takes after so many rounds, nobody will. */
const MOST_REPEATS = 20;
const LONGEST_MINUTES = 7 * 24 * 60;
const LONGEST_NAME = 100;

const POLICY = `id, name, patterns, severity_floor as "severityFloor", steps, repeats, reminder`;

/** By name. */
export async function listPolicies(tx: Tx, tenantId: TenantId): Promise<EscalationPolicy[]> {
  return rows<EscalationPolicy>(
    tx,
    `select ${POLICY} from escalation_policies where tenant_id = $1 order by name`,
    [tenantId],
  );
}

/** @throws NotFound */
export async function getPolicy(tx: Tx, tenantId: TenantId, id: string): Promise<EscalationPolicy> {
  const found = await oneRow<EscalationPolicy>(
    tx,
    `select ${POLICY} from escalation_policies where tenant_id = $1 and id = $2`,
    [tenantId, id],
  );
  if (!found) throw new NotFound('escalation policy');
  return found;
}

/**
 * Holds for events that open, return or get worse from now on: a backlog of open events is no reason to wake people.
 * @throws Invalid, Conflict `policy-exists`, `too-many-policies`
 */
export async function addPolicy(
  tx: Tx,
  tenantId: TenantId,
  wanted: NewPolicy,
  now: Date,
): Promise<EscalationPolicy> {
  await requireAcceptable(tx, tenantId, wanted);
  await requireFreeName(tx, tenantId, wanted.name, null);
  await requireRoom(tx, tenantId);
  const id = newId<string>(now);
  await rows(
    tx,
    `insert into escalation_policies (tenant_id, id, name, patterns, severity_floor, steps, repeats, reminder, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [tenantId, id, ...columnsOf(wanted), now],
  );
  return getPolicy(tx, tenantId, id);
}

function columnsOf({ name, patterns, severityFloor, steps, repeats, reminder }: NewPolicy): unknown[] {
  return [
    name.trim(),
    patterns,
    severityFloor,
    JSON.stringify(steps),
    repeats,
    reminder && JSON.stringify(reminder),
  ];
}

/**
 * Events on the ladder go on where they stand: a step that would have been due by the new waits is told at once.
 * @throws NotFound, Invalid, Conflict `policy-exists`
 */
export async function changePolicy(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  change: Partial<NewPolicy>,
  now: Date,
): Promise<EscalationPolicy> {
  const wanted = { ...(await getPolicy(tx, tenantId, id)), ...change };
  await requireAcceptable(tx, tenantId, wanted);
  await requireFreeName(tx, tenantId, wanted.name, id);
  await affected(
    tx,
    `update escalation_policies set name = $3, patterns = $4, severity_floor = $5, steps = $6, repeats = $7, reminder = $8
     where tenant_id = $1 and id = $2`,
    [tenantId, id, ...columnsOf(wanted)],
  );
  await lookAgain(tx, tenantId, id, now);
  return getPolicy(tx, tenantId, id);
}

/** Its events begin anew under the policy that covers them then, if there is one. @throws NotFound */
export async function removePolicy(tx: Tx, tenantId: TenantId, id: string, now: Date): Promise<void> {
  const removed = await affected(tx, 'delete from escalation_policies where tenant_id = $1 and id = $2', [
    tenantId,
    id,
  ]);
  if (removed === 0) throw new NotFound('escalation policy');
  await lookAgain(tx, tenantId, id, now);
}

/** A step that tells nobody is found out when somebody is needed. @throws Conflict `rota-in-use` and the like */
export async function requireUntold(
  tx: Tx,
  tenantId: TenantId,
  kind: 'rota' | 'group' | 'channel',
  id: string,
): Promise<void> {
  const using = (await listPolicies(tx, tenantId)).filter((policy) => tells(policy, kind, id));
  if (using.length === 0) return;
  const names = using.map(({ name }) => `“${name}”`).join(' and ');
  throw new Conflict(`The escalation ${names} tells this ${kind}. Change that first.`, `${kind}-in-use`);
}

async function requireAcceptable(tx: Tx, tenantId: TenantId, wanted: NewPolicy): Promise<void> {
  const faults = [...faultsOfScope(wanted), ...faultsOfSteps(wanted), ...faultsOfReminder(wanted)];
  if (faults.length > 0) throw new Invalid(faults);
  const known = await loadTargets(tx, tenantId);
  const gone = wanted.steps.flatMap(({ targets }, step) =>
    targets.filter((target) => nameOf(target, known) === null).map(() => step),
  );
  if (gone.length > 0) {
    throw new Invalid(
      gone.map((step) => ({
        field: `steps.${step}.targets`,
        message: 'There is no such group, rota or person.',
      })),
    );
  }
}

function faultsOfScope({ name, patterns }: NewPolicy): Fault[] {
  const faults: Fault[] = [];
  if (!name.trim() || name.length > LONGEST_NAME) {
    faults.push({ field: 'name', message: 'Give the policy a short name.' });
  }
  const odd = patterns.find((pattern) => !isOrgPattern(pattern));
  if (odd !== undefined) {
    const message = `Use a path such as shop.frontend, or shop.frontend.* for all below, not “${odd}”.`;
    faults.push({ field: 'patterns', message });
  } else if (patterns.length > MOST_PATTERNS) {
    faults.push({ field: 'patterns', message: `At most ${MOST_PATTERNS} patterns.` });
  } else if (patterns.every((pattern) => pattern.startsWith('!'))) {
    const message = 'Say which paths are meant, not only what is left out: * is everything.';
    faults.push({ field: 'patterns', message });
  }
  return faults;
}

function faultsOfSteps({ steps, repeats, reminder }: NewPolicy): Fault[] {
  const faults: Fault[] = [];
  const fault = (field: string, message: string) => faults.push({ field, message });
  if (steps.length === 0 && !reminder) fault('steps', 'Say whom to tell when nobody takes an event.');
  if (steps.length > MOST_STEPS) fault('steps', `At most ${MOST_STEPS} steps.`);
  for (const [index, { afterMinutes, targets }] of steps.entries()) {
    if (!isMinutes(afterMinutes)) fault(`steps.${index}.afterMinutes`, 'Give a minute to a week.');
    if (targets.length === 0) fault(`steps.${index}.targets`, 'Choose whom this step tells.');
    if (targets.length > MOST_TARGETS) fault(`steps.${index}.targets`, `At most ${MOST_TARGETS} in a step.`);
  }
  if (!Number.isInteger(repeats) || repeats < 0 || repeats > MOST_REPEATS) {
    fault('repeats', `Give 0 to ${MOST_REPEATS}.`);
  }
  return faults;
}

function faultsOfReminder({ reminder }: NewPolicy): Fault[] {
  if (!reminder) return [];
  return (['afterMinutes', 'everyMinutes'] as const)
    .filter((field) => !isMinutes(reminder[field]))
    .map((field) => ({ field: `reminder.${field}`, message: 'Give a minute to a week.' }));
}

/** Not at once: the responders were told a moment ago. */
function isMinutes(minutes: number): boolean {
  return Number.isInteger(minutes) && minutes >= 1 && minutes <= LONGEST_MINUTES;
}

async function requireFreeName(tx: Tx, tenantId: TenantId, name: string, self: string | null): Promise<void> {
  const holder = await oneRow<{ id: string }>(
    tx,
    'select id from escalation_policies where tenant_id = $1 and name = $2',
    [tenantId, name.trim()],
  );
  if (holder && holder.id !== self) {
    throw new Conflict(`There is a policy ${name.trim()} already.`, 'policy-exists');
  }
}

async function requireRoom(tx: Tx, tenantId: TenantId): Promise<void> {
  if ((await listPolicies(tx, tenantId)).length >= MOST_POLICIES) {
    throw new Conflict(
      `There are ${MOST_POLICIES} policies already. Remove some first.`,
      'too-many-policies',
    );
  }
}
