/** Who and what the demo's tenant consists of: people, groups, subscriptions, who is on call, one rule, one mailbox. */
import { createHmac } from 'node:crypto';
import { addGroup } from '../accounts/groups.ts';
import { addSubscription, type Level } from '../accounts/subscriptions.ts';
import { addTenant, findTenantBySlug, listTenants, type Tenant } from '../accounts/tenants.ts';
import { addMember, listMembers, type Member } from '../accounts/users.ts';
import type { Role } from '../accounts/role.ts';
import type { Parts } from '../app/wiring.ts';
import { OWN_TENANT } from '../config/own-tenant.ts';
import { acrossTenants, type Tx } from '../db/transaction.ts';
import { addMailbox, changeMailbox, listMailboxes, type Mailbox } from '../inbound/imap/mailboxes.ts';
import { AppError } from '../kernel/errors.ts';
import { addPolicy, type NewPolicy } from '../outbound/escalation/policies.ts';
import type { Target } from '../outbound/escalation/policy.ts';
import { addRota } from '../outbound/rota/store.ts';
import { addRule } from '../triage/rules/store.ts';
import type { MailAccount, MailServer } from './mail-server.ts';
import { PEOPLE, type Person } from './story/story.ts';
import { DEMO_ADDRESS, DEMO_DOMAIN } from './story/write-mail.ts';

const SLUG = 'demo';

const ROLES: Record<Person, { name: string; role: Role }> = {
  ada: { name: 'Ada Fischer', role: 'admin' },
  ben: { name: 'Ben Okafor', role: 'engineer' },
  chiara: { name: 'Chiara Rossi', role: 'engineer' },
};

interface Team {
  name: string;
  people: readonly Person[];
  subscriptions: readonly { pattern: string; level: Level }[];
}

const TEAMS: readonly Team[] = [
  {
    name: 'Web shop',
    people: ['ada', 'ben'],
    subscriptions: [
      { pattern: 'shop.*', level: 'responder' },
      { pattern: '!shop.db.*', level: 'responder' },
    ],
  },
  {
    name: 'Operations',
    people: ['ada', 'chiara'],
    subscriptions: [
      { pattern: 'shop.db.*', level: 'responder' },
      { pattern: 'infra.*', level: 'responder' },
      { pattern: 'shop.*', level: 'interested' },
    ],
  },
];

/** In turn by weeks, from some Monday on. */
const ON_CALL = {
  name: 'Shop',
  every: 1,
  unit: 'week',
  startsOn: '2026-01-05',
  handOverAt: '09:00',
  people: ['ben', 'chiara'],
} as const;

const NOBODY_MINUTES = 15;
const ESCALATION = {
  name: 'Critical events',
  patterns: ['*'],
  severityFloor: 'critical',
  repeats: 0,
  reminder: null,
} as const satisfies Partial<NewPolicy>;

export interface Cast {
  tenant: Tenant;
  people: Record<Person, Member>;
  mailbox: Mailbox;
}

export const ADMIN = emailOf('ada');

function emailOf(person: Person): string {
  return `${person}@${DEMO_DOMAIN}`;
}

/** A password of this data folder alone, the same at each start. */
export function passwordFor(secretKey: string, purpose: string): string {
  const text = createHmac('sha256', secretKey).update(`demo ${purpose}`).digest('hex');
  return [text.slice(0, 4), text.slice(4, 8), text.slice(8, 12)].join('-');
}

/**
 * Creates the cast, or finds it from an earlier start and tells it where the mail server is now.
 * @throws AppError when the data folder holds another installation
 */
export async function assembleCast(parts: Parts, server: MailServer, account: MailAccount): Promise<Cast> {
  const { database, clock } = parts;
  return acrossTenants(database.dataSource, async (tx) => {
    const tenant = (await findDemo(tx, parts)) ?? (await createCast(tx, parts, clock.now()));
    const members = await listMembers(tx, tenant.id);
    return {
      tenant,
      people: Object.fromEntries(
        PEOPLE.map((person) => [person, memberOf(members, person)]),
      ) as Cast['people'],
      mailbox: await pointMailbox(tx, parts, tenant, server, account),
    };
  });
}

async function findDemo(tx: Tx, { settings }: Parts): Promise<Tenant | null> {
  const tenant = await findTenantBySlug(tx, SLUG);
  if (tenant) return tenant;
  if ((await listTenants(tx)).every(({ slug }) => slug === OWN_TENANT)) return null;
  throw new AppError(
    `The data folder ${settings.DATAMER_DATA_DIR} holds an installation that is not the demo. ` +
      'Name another folder with DATAMER_DATA_DIR, or leave it unset.',
    { code: 'not-the-demo' },
  );
}

function memberOf(members: readonly Member[], person: Person): Member {
  const member = members.find(({ email }) => email === emailOf(person));
  if (!member) {
    throw new AppError(
      `${emailOf(person)} has been removed from the demo. Delete the data folder to begin anew.`,
      { code: 'not-the-demo' },
    );
  }
  return member;
}

async function createCast(tx: Tx, { secretKey }: Parts, now: Date): Promise<Tenant> {
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const tenant = await addTenant(tx, { slug: SLUG, name: 'Demo shop', address: DEMO_ADDRESS, timeZone }, now);
  const ids = new Map<Person, string>();
  for (const person of PEOPLE) {
    const password = passwordFor(secretKey, person);
    const member = await addMember(
      tx,
      tenant.id,
      { ...ROLES[person], email: emailOf(person), password },
      now,
    );
    ids.set(person, member.id);
  }
  const groups: Target[] = [];
  for (const { name, people, subscriptions } of TEAMS) {
    const users = people.flatMap((person) => ids.get(person) ?? []);
    const group = await addGroup(tx, tenant.id, { name, users }, now);
    groups.push({ kind: 'group', id: group.id });
    for (const subscription of subscriptions) {
      await addSubscription(tx, tenant.id, { ...subscription, group: group.id }, now);
    }
  }
  const onCall = ON_CALL.people.flatMap((person) => ids.get(person) ?? []);
  const rota = await addRota(tx, tenant.id, { ...ON_CALL, timeZone, people: onCall }, now);
  const escalation = [[{ kind: 'rota', id: rota.id } as const], groups];
  const steps = escalation.map((targets) => ({ afterMinutes: NOBODY_MINUTES, targets }));
  await addPolicy(tx, tenant.id, { ...ESCALATION, steps }, now);
  await addRule(
    tx,
    tenant.id,
    {
      name: 'GitLab pipelines',
      condition: {
        all: [
          { field: 'from', op: 'contains', value: 'gitlab@' },
          { field: 'subject', op: 'contains', value: 'Pipeline' },
        ],
      },
      actions: { org: 'shop.build', severity: 'warn' },
    },
    ROLES.ben.name,
    now,
  );
  return tenant;
}

/** The mail server has another port at each start. */
async function pointMailbox(
  tx: Tx,
  { secrets, clock }: Parts,
  tenant: Tenant,
  { host, port }: MailServer,
  account: MailAccount,
): Promise<Mailbox> {
  const place = { host, port, isTls: false, ...account };
  const [known] = await listMailboxes(tx, tenant.id);
  if (known) return changeMailbox(tx, tenant.id, known.id, place, secrets);
  return addMailbox(tx, tenant.id, { ...place, folder: 'INBOX', afterStore: 'delete' }, secrets, clock.now());
}
