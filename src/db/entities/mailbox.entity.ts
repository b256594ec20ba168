import { EntitySchema } from 'typeorm';
import type { MailboxId, TenantId } from '../../kernel/ids.ts';

export interface MailboxRow {
  tenantId: TenantId;
  id: MailboxId;
  host: string;
  port: number;
  /** TLS from the first byte (imaps); otherwise STARTTLS is used where the server offers it. */
  isTls: boolean;
  acceptsAnyCertificate: boolean;
  username: string;
  passwordBox: Buffer;
  folder: string;
  afterStore: 'delete' | 'move' | 'keep';
  /** Below it the folders are made that mail is moved to. */
  rootFolder: string;
  isPaused: boolean;
  createdAt: Date;
}

export const MailboxEntity = new EntitySchema<MailboxRow>({
  name: 'Mailbox',
  tableName: 'mailboxes',
  columns: {
    tenantId: { name: 'tenant_id', type: 'uuid', primary: true },
    id: { type: 'uuid', primary: true },
    host: { type: 'text' },
    port: { type: 'integer' },
    isTls: { name: 'is_tls', type: 'boolean' },
    acceptsAnyCertificate: { name: 'accepts_any_certificate', type: 'boolean' },
    username: { type: 'text' },
    passwordBox: { name: 'password_box', type: 'bytea' },
    folder: { type: 'text' },
    afterStore: { name: 'after_store', type: 'text' },
    rootFolder: { name: 'root_folder', type: 'text', default: 'DaTamer' },
    isPaused: { name: 'is_paused', type: 'boolean', default: false },
    createdAt: { name: 'created_at', type: 'timestamptz' },
  },
});
