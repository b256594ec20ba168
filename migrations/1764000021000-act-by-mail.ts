/** People act from their mail: by links that work once, and by replies, which are mails without an event of their own. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const ActByMail = sqlMigration({
  name: 'ActByMail1764000021000',
  up: `
    -- where replies to notices go: an address with a token, the plain address (its mail server takes no detail), nowhere
    alter table tenants
      add reply_style text not null default 'token' check (reply_style in ('token', 'plain', 'none'));
    -- the Message-ID of the mail that an answer answers
    alter table deliveries add in_reply_to text;
    -- a reply belongs to no event: it is about one
    alter table mses alter event_id drop not null;
    alter table mses add constraint mses_event_check check (event_id is not null or findings -> 'reply' is not null);
    -- a link in a notice does its deed once
    create table used_links (
      tenant_id uuid not null,
      delivery_id uuid not null,
      verb text not null,
      used_at timestamptz not null,
      primary key (tenant_id, delivery_id, verb),
      foreign key (tenant_id, delivery_id) references deliveries (tenant_id, id) on delete cascade
    );
    alter table used_links enable row level security;
    alter table used_links force row level security;
    create policy of_the_tenant on used_links using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');
  `,
  down: `
    drop table used_links;
    delete from mses where event_id is null;
    alter table mses drop constraint mses_event_check;
    alter table mses alter event_id set not null;
    alter table deliveries drop in_reply_to;
    alter table tenants drop reply_style;
  `,
});
