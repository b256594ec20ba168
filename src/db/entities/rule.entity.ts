import { EntitySchema } from 'typeorm';
import type { RuleId, TenantId } from '../../kernel/ids.ts';

/** Condition and actions are JSON here; triage/rules/rule.ts knows their shape. */
export interface RuleRow {
  tenantId: TenantId;
  id: RuleId;
  position: number;
  name: string;
  condition: unknown;
  actions: unknown;
  isEnabled: boolean;
  /** bigint: node-postgres hands it over as text. */
  hits: string;
  lastHitAt: Date | null;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
}

export const RuleEntity = new EntitySchema<RuleRow>({
  name: 'Rule',
  tableName: 'rules',
  columns: {
    tenantId: { name: 'tenant_id', type: 'uuid', primary: true },
    id: { type: 'uuid', primary: true },
    position: { type: 'integer' },
    name: { type: 'text' },
    condition: { type: 'jsonb' },
    actions: { type: 'jsonb' },
    isEnabled: { name: 'is_enabled', type: 'boolean', default: true },
    hits: { type: 'bigint', default: 0 },
    lastHitAt: { name: 'last_hit_at', type: 'timestamptz', nullable: true },
    createdBy: { name: 'created_by', type: 'text' },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    updatedAt: { name: 'updated_at', type: 'timestamptz' },
  },
});
