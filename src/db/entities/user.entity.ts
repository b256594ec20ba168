import { EntitySchema } from 'typeorm';
import type { UserId } from '../../kernel/ids.ts';

export interface UserRow {
  id: UserId;
  email: string;
  name: string;
  passwordHash: string;
  timeZone: string | null;
  theme: 'auto' | 'light' | 'dark';
  unreachableSince: Date | null;
  unreachableReason: string | null;
  createdAt: Date;
}

export const UserEntity = new EntitySchema<UserRow>({
  name: 'User',
  tableName: 'users',
  columns: {
    id: { type: 'uuid', primary: true },
    email: { type: 'text' },
    name: { type: 'text' },
    passwordHash: { name: 'password_hash', type: 'text' },
    timeZone: { name: 'time_zone', type: 'text', nullable: true },
    theme: { type: 'text', default: 'auto' },
    unreachableSince: { name: 'unreachable_since', type: 'timestamptz', nullable: true },
    unreachableReason: { name: 'unreachable_reason', type: 'text', nullable: true },
    createdAt: { name: 'created_at', type: 'timestamptz' },
  },
});
