/** Who is told: a person, or a channel of the team. */
import type { ChannelId, UserId } from '../../kernel/ids.ts';

export type Told = { userId: UserId; channelId: null } | { userId: null; channelId: ChannelId };

export function keyOf({ userId, channelId }: Told): string {
  return userId ?? channelId;
}

/** From the columns of a row that holds one of the two. */
export function asTold(row: { userId: UserId | null; channelId: ChannelId | null }): Told[] {
  if (row.userId) return [{ userId: row.userId, channelId: null }];
  return row.channelId ? [{ userId: null, channelId: row.channelId }] : [];
}
