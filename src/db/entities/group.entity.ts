import { EntitySchema } from 'typeorm';
import type { GroupId, TenantId, UserId } from '../../kernel/ids.ts';

export interface GroupRow {
  tenantId: TenantId;
  id: GroupId;
  name: string;
  /** Set on the group that a person has of their own. */
  personalUserId: UserId | null;
}

export const GroupEntity = new EntitySchema<GroupRow>({
  name: 'Group',
  tableName: 'groups',
  columns: {
    tenantId: { name: 'tenant_id', type: 'uuid', primary: true },
    id: { type: 'uuid', primary: true },
    name: { type: 'text' },
    personalUserId: { name: 'personal_user_id', type: 'uuid', nullable: true },
  },
});
