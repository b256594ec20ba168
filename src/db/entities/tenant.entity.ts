import { EntitySchema } from 'typeorm';
import type { TenantId } from '../../kernel/ids.ts';

export interface TenantRow {
  id: TenantId;
  slug: string;
  name: string;
  timeZone: string;
  reopenWindowMinutes: number;
  infoQuietMinutes: number;
  recoveryCompletes: boolean;
  tagSenders: string[] | null;
  /** Where replies to notices go. */
  replyStyle: 'token' | 'plain' | 'none';
  /** The detail of its addresses that only the tenant's own senders know. */
  mailToken: string;
  /** SMTP and LMTP refuse mail to its addresses without the token. */
  needsMailToken: boolean;
  /** So many notices a person gets within ten minutes; the rest is a list. */
  noticeLimit: number;
  importedUntil: Date | null;
  firstSmtpAt: Date | null;
  createdAt: Date;
}

export const TenantEntity = new EntitySchema<TenantRow>({
  name: 'Tenant',
  tableName: 'tenants',
  columns: {
    id: { type: 'uuid', primary: true },
    slug: { type: 'text' },
    name: { type: 'text' },
    timeZone: { name: 'time_zone', type: 'text' },
    reopenWindowMinutes: { name: 'reopen_window_minutes', type: 'integer', default: 1440 },
    infoQuietMinutes: { name: 'info_quiet_minutes', type: 'integer', default: 1440 },
    recoveryCompletes: { name: 'recovery_completes', type: 'boolean', default: true },
    tagSenders: { name: 'tag_senders', type: 'text', array: true, nullable: true },
    replyStyle: { name: 'reply_style', type: 'text', default: 'token' },
    mailToken: { name: 'mail_token', type: 'text' },
    needsMailToken: { name: 'needs_mail_token', type: 'boolean', default: false },
    noticeLimit: { name: 'notice_limit', type: 'integer', default: 10 },
    importedUntil: { name: 'imported_until', type: 'timestamptz', nullable: true },
    firstSmtpAt: { name: 'first_smtp_at', type: 'timestamptz', nullable: true },
    createdAt: { name: 'created_at', type: 'timestamptz' },
  },
});
