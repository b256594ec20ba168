/** A tenant may be written to by a short secret detail of its address alone: where spammers know the plain one. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const ClosePlainAddresses = sqlMigration({
  name: 'ClosePlainAddresses1764000021700',
  up: `
    -- 40 random bits: short enough to type into an appliance, too many to try at a mail server
    alter table tenants
      add mail_token text not null default substr(replace(gen_random_uuid()::text, '-', ''), 1, 10),
      add needs_mail_token boolean not null default false;
  `,
  down: `alter table tenants drop mail_token, drop needs_mail_token;`,
});
