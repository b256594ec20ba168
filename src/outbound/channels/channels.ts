/** The channels of a team and of its people. Their settings are kept encrypted and never given out again. */
import type { SeverityFloor } from '../../accounts/subscriptions.ts';
import { affected, oneRow, rows, type Tx } from '../../db/transaction.ts';
import { AppError, Conflict, Invalid, NotFound } from '../../kernel/errors.ts';
import { newId, type ChannelId, type TenantId, type UserId } from '../../kernel/ids.ts';
import type { SecretBox } from '../../kernel/secret-box.ts';
import type { KindName, SettingValues } from './channel-kind.ts';
import { KINDS } from './index.ts';
import { mergeSettings, readSettings, type GivenSettings } from './settings-of-kind.ts';

export interface Channel {
  id: ChannelId;
  /** Whose own it is; null: the team's. */
  userId: UserId | null;
  kind: KindName;
  name: string;
  /** Where it goes, as people may read it. */
  target: string;
  /** A person's own takes what is at least so severe. */
  severityFloor: SeverityFloor | null;
  createdAt: Date;
  lastSentAt: Date | null;
  /** Of the last try that failed; null after one that went well. */
  lastError: string | null;
  /** Set while whoever relies on it must be told otherwise. */
  failingSince: Date | null;
}

export interface ChannelInput {
  kind: KindName;
  name: string;
  severityFloor?: SeverityFloor | null;
  settings: GivenSettings;
}

/** A team has rooms and programs, not hundreds; each is a connection that may hang. */
const MOST_OF_TEAM = 100;
const MOST_OF_PERSON = 10;

const CHANNEL = `id, user_id as "userId", kind, name, target, severity_floor as "severityFloor",
  created_at as "createdAt", last_sent_at as "lastSentAt", last_error as "lastError", failing_since as "failingSince"`;

/** @param owner null: the team's. @throws Invalid, Conflict `channel-exists`, `too-many-channels` */
export async function addChannel(
  tx: Tx,
  tenantId: TenantId,
  owner: UserId | null,
  input: ChannelInput,
  secrets: SecretBox,
  now: Date,
): Promise<Channel> {
  const present = await listChannels(tx, tenantId, owner);
  if (present.length >= (owner ? MOST_OF_PERSON : MOST_OF_TEAM)) {
    throw new Conflict('There are too many channels. Remove one first.', 'too-many-channels');
  }
  const name = requireFreeName(input.name, present, null);
  const kind = KINDS[input.kind];
  const settings = readSettings(kind, withoutEmpty(input.settings));
  const id = newId<ChannelId>(now);
  await rows(
    tx,
    `insert into channels (tenant_id, id, user_id, kind, name, target, settings_box, severity_floor, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      tenantId,
      id,
      owner,
      input.kind,
      name,
      kind.target(settings),
      secrets.seal(JSON.stringify(settings)),
      input.severityFloor ?? null,
      now,
    ],
  );
  return getChannel(tx, tenantId, owner, id);
}

/** What a form leaves empty takes what holds without it. */
function withoutEmpty(given: GivenSettings): GivenSettings {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '' && value !== null));
}

function requireFreeName(wanted: string, present: readonly Channel[], self: ChannelId | null): string {
  const name = wanted.trim();
  if (!name) throw new Invalid([{ field: 'name', message: 'Give the channel a name.' }]);
  if (present.some((one) => one.name === name && one.id !== self)) {
    throw new Conflict(`There is a channel ${name} already.`, 'channel-exists');
  }
  return name;
}

export type ChannelChange = Partial<Omit<ChannelInput, 'kind'>>;

/** A channel that is changed is believed to work again. @throws NotFound, Invalid, Conflict `channel-exists` */
export async function changeChannel(
  tx: Tx,
  tenantId: TenantId,
  owner: UserId | null,
  id: string,
  change: ChannelChange,
  secrets: SecretBox,
): Promise<Channel> {
  const present = await getChannel(tx, tenantId, owner, id);
  const name =
    change.name === undefined
      ? present.name
      : requireFreeName(change.name, await listChannels(tx, tenantId, owner), present.id);
  await affected(
    tx,
    `update channels set name = $3, severity_floor = $4, last_error = null, failing_since = null
     where tenant_id = $1 and id = $2`,
    [
      tenantId,
      present.id,
      name,
      change.severityFloor === undefined ? present.severityFloor : change.severityFloor,
    ],
  );
  if (change.settings) {
    const stored = await openSettingsOrNone(tx, tenantId, present.id, secrets);
    const kind = KINDS[present.kind];
    const settings = mergeSettings(kind, stored, change.settings);
    await affected(
      tx,
      'update channels set target = $3, settings_box = $4 where tenant_id = $1 and id = $2',
      [tenantId, present.id, kind.target(settings), secrets.seal(JSON.stringify(settings))],
    );
  }
  return getChannel(tx, tenantId, owner, id);
}

/** What waits for it fails. @throws NotFound, Conflict `channel-in-use` while a subscription tells it */
export async function removeChannel(
  tx: Tx,
  tenantId: TenantId,
  owner: UserId | null,
  id: string,
): Promise<void> {
  const { name } = await getChannel(tx, tenantId, owner, id);
  const user = await oneRow<{ pattern: string }>(
    tx,
    'select pattern from subscriptions where tenant_id = $1 and channel_id = $2 limit 1',
    [tenantId, id],
  );
  if (user) {
    throw new Conflict(
      `The subscription of ${user.pattern} tells ${name}. Let it tell the people of its group first.`,
      'channel-in-use',
    );
  }
  await affected(tx, 'delete from channels where tenant_id = $1 and id = $2', [tenantId, id]);
}

/** @throws NotFound */
export async function getChannel(
  tx: Tx,
  tenantId: TenantId,
  owner: UserId | null,
  id: string,
): Promise<Channel> {
  const channel = await oneRow<Channel>(
    tx,
    `select ${CHANNEL} from channels where tenant_id = $1 and id = $2 and user_id is not distinct from $3`,
    [tenantId, id, owner],
  );
  if (!channel) throw new NotFound('channel');
  return channel;
}

/** Whosever it is. */
export async function findChannel(tx: Tx, tenantId: TenantId, id: ChannelId): Promise<Channel | undefined> {
  return oneRow<Channel>(tx, `select ${CHANNEL} from channels where tenant_id = $1 and id = $2`, [
    tenantId,
    id,
  ]);
}

export async function listChannels(tx: Tx, tenantId: TenantId, owner: UserId | null): Promise<Channel[]> {
  return rows<Channel>(
    tx,
    `select ${CHANNEL} from channels where tenant_id = $1 and user_id is not distinct from $2 order by name`,
    [tenantId, owner],
  );
}

/** The team's by their ids, and all that these people have of their own. */
export async function listChannelsOf(
  tx: Tx,
  tenantId: TenantId,
  { channels, people }: { channels: readonly ChannelId[]; people: readonly UserId[] },
): Promise<Channel[]> {
  if (channels.length + people.length === 0) return [];
  return rows<Channel>(
    tx,
    `select ${CHANNEL} from channels
     where tenant_id = $1 and (id = any($2::uuid[]) and user_id is null or user_id = any($3::uuid[])) order by id`,
    [tenantId, channels, people],
  );
}

/** With its secrets, for whoever sends. @throws NotFound, AppError `secret-key-changed` */
export async function openSettings(
  tx: Tx,
  tenantId: TenantId,
  id: ChannelId,
  secrets: SecretBox,
): Promise<SettingValues> {
  const row = await oneRow<{ box: Buffer }>(
    tx,
    'select settings_box as box from channels where tenant_id = $1 and id = $2',
    [tenantId, id],
  );
  if (!row) throw new NotFound('channel');
  return JSON.parse(secrets.open(Buffer.from(row.box))) as SettingValues;
}

/** Settings that were sealed with a former secret key are gone: they are typed again, as for a new channel. */
export async function openSettingsOrNone(
  tx: Tx,
  tenantId: TenantId,
  id: ChannelId,
  secrets: SecretBox,
): Promise<SettingValues> {
  try {
    return await openSettings(tx, tenantId, id, secrets);
  } catch (error) {
    if (error instanceof AppError && error.code === 'secret-key-changed') return {};
    throw error;
  }
}

export async function markChannelSent(tx: Tx, tenantId: TenantId, id: ChannelId, now: Date): Promise<void> {
  await affected(
    tx,
    `update channels set last_sent_at = $3, last_error = null, failing_since = null
     where tenant_id = $1 and id = $2`,
    [tenantId, id, now],
  );
}

/** @param isDown whoever relies on it is to be told otherwise from now on */
export async function markChannelError(
  tx: Tx,
  tenantId: TenantId,
  id: ChannelId,
  { error, isDown }: { error: string; isDown: boolean },
  now: Date,
): Promise<void> {
  await affected(
    tx,
    `update channels set last_error = $3, failing_since = case when $4 then coalesce(failing_since, $5) else failing_since end
     where tenant_id = $1 and id = $2`,
    [tenantId, id, error, isDown, now],
  );
}
