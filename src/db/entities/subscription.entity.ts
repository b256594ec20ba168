import { EntitySchema } from 'typeorm';
import type { ChannelId, GroupId, TenantId } from '../../kernel/ids.ts';

/** Local wall-clock times during which only criticals and assignments pass. */
export interface QuietHours {
  /** `HH:MM` */
  from: string;
  /** `HH:MM`; earlier than `from` means the next morning. */
  to: string;
  timezone: string;
}

export interface SubscriptionRow {
  tenantId: TenantId;
  id: string;
  groupId: GroupId;
  pattern: string;
  level: 'responder' | 'interested';
  severityFloor: 'info' | 'warn' | 'critical' | null;
  quietHours: QuietHours | null;
  /** Told instead of each person of the group. */
  channelId: ChannelId | null;
  createdAt: Date;
}

export const SubscriptionEntity = new EntitySchema<SubscriptionRow>({
  name: 'Subscription',
  tableName: 'subscriptions',
  columns: {
    tenantId: { name: 'tenant_id', type: 'uuid', primary: true },
    id: { type: 'uuid', primary: true },
    groupId: { name: 'group_id', type: 'uuid' },
    pattern: { type: 'text' },
    level: { type: 'text' },
    severityFloor: { name: 'severity_floor', type: 'text', nullable: true },
    quietHours: { name: 'quiet_hours', type: 'jsonb', nullable: true },
    channelId: { name: 'channel_id', type: 'uuid', nullable: true },
    createdAt: { name: 'created_at', type: 'timestamptz' },
  },
});
