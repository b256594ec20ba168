/** What teams set up before anything happens, by the API as people do. */
import type { List } from './api-shapes.ts';
import type { ApiClient } from './world.ts';

/** A refusal fails the test. @returns the id of what was made */
export async function add(api: ApiClient, path: string, body: object): Promise<string> {
  const { status, body: made } = await api.send<{ id: string }>('POST', path, body);
  if (status !== 201) throw new Error(`POST ${path} was answered ${status}: ${JSON.stringify(made)}`);
  return made.id;
}

/** What a group is told of, and how. */
export interface Told {
  pattern: string;
  level: 'responder' | 'interested';
  severityFloor?: string | null;
  quietHours?: { from: string; to: string; timezone: string } | null;
  channel?: string;
}

/** @returns the id of the group */
export async function addGroup(
  api: ApiClient,
  name: string,
  users: readonly string[],
  told?: Told,
): Promise<string> {
  const group = await add(api, '/groups', { name, users });
  if (told) await subscribe(api, group, told);
  return group;
}

/** @returns the id of the subscription */
export async function subscribe(api: ApiClient, group: string, told: Told): Promise<string> {
  return add(api, '/subscriptions', { group, ...told });
}

/** @returns the id of the group that a person has for themself */
export async function ownGroupOf(api: ApiClient, user: string): Promise<string> {
  const { body } = await api.get<List<{ id: string; personalUserId: string | null }>>('/groups');
  const own = body.items.find(({ personalUserId }) => personalUserId === user);
  if (!own) throw new Error(`user ${user} has no group of their own`);
  return own.id;
}
