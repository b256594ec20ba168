import { EntitySchema } from 'typeorm';
import type { TenantId } from '../../kernel/ids.ts';

export interface TokenRow {
  tenantId: TenantId;
  id: string;
  secretHash: Buffer;
  name: string;
  role: 'admin' | 'engineer' | 'manager';
  createdAt: Date;
  lastUsedAt: Date | null;
}

export const TokenEntity = new EntitySchema<TokenRow>({
  name: 'Token',
  tableName: 'tokens',
  columns: {
    tenantId: { name: 'tenant_id', type: 'uuid', primary: true },
    id: { type: 'uuid', primary: true },
    secretHash: { name: 'secret_hash', type: 'bytea' },
    name: { type: 'text' },
    role: { type: 'text' },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    lastUsedAt: { name: 'last_used_at', type: 'timestamptz', nullable: true },
  },
});
