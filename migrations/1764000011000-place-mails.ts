/**
 * Folder mode: where on the mail server each mail lies, and where it should. `wanted` is derived from org and event,
 * `settled` is what it was when the mail was last put in order: while they differ, a move is due, whatever crashed in
 * between. Whatever changes org, event, state or assignee leaves its word in `place_news`, whoever changed it: triggers
 * see every way, and appending to a table of news makes no two transactions wait for each other.
 */
import { sqlMigration } from '../src/db/sql-migration.ts';

const OF_THE_TENANT = (table: string): string => `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy of_the_tenant on ${table} using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');`;

export const PlaceMails = sqlMigration({
  name: 'PlaceMails1764000011000',
  up: `
    alter table mailboxes add column root_folder text not null default 'DaTamer';
    alter table mailbox_states add column folders_looked_at timestamptz;
    alter table mailbox_states add column folders_error text;
    alter table mailbox_states add column folders_note text;

    create table mail_places (
      tenant_id uuid not null,
      mailbox_id uuid not null,
      mail_id uuid not null,
      -- null: no longer in the mailbox
      folder text,
      uid_validity bigint,
      uid bigint,
      -- path below the root, a label each; null until triage has seen the mail
      wanted text[],
      settled text[],
      -- set before the server is told to move it: a mail found there was moved by us
      target text,
      -- older copies, to be removed once the present one is certain
      former jsonb not null default '[]',
      -- not found at the last look
      lost_at timestamptz,
      -- what is not clear about the folder somebody moved it to; it is left there
      why_left text,
      primary key (tenant_id, mailbox_id, mail_id),
      foreign key (tenant_id, mailbox_id) references mailboxes (tenant_id, id) on delete cascade,
      foreign key (tenant_id, mail_id) references mails (tenant_id, id) on delete cascade
    );
    -- which of these UIDs are known
    create index mail_places_by_uid on mail_places (tenant_id, mailbox_id, folder, uid);
    -- news of a mail, and its end
    create index mail_places_of_mail on mail_places (tenant_id, mail_id);
    create index mail_places_new on mail_places (tenant_id, mailbox_id) where wanted is null;
    create index mail_places_due on mail_places (tenant_id, mailbox_id) where wanted is distinct from settled;
    create index mail_places_twice on mail_places (tenant_id, mailbox_id) where former <> '[]';
    create index mail_places_left on mail_places (tenant_id, mailbox_id) where why_left is not null;
    create index mail_places_lost on mail_places (tenant_id, mailbox_id) where lost_at is not null;
    ${OF_THE_TENANT('mail_places')}

    -- as each folder was when all in it had been seen to
    create table mail_folders (
      tenant_id uuid not null,
      mailbox_id uuid not null,
      path text not null,
      uid_validity bigint not null,
      uid_next bigint not null,
      messages integer not null,
      primary key (tenant_id, mailbox_id, path),
      foreign key (tenant_id, mailbox_id) references mailboxes (tenant_id, id) on delete cascade
    );
    ${OF_THE_TENANT('mail_folders')}

    create table place_news (
      tenant_id uuid not null,
      mailbox_id uuid not null,
      id uuid not null default gen_random_uuid(),
      mail_id uuid not null,
      primary key (tenant_id, mailbox_id, id),
      foreign key (tenant_id, mailbox_id) references mailboxes (tenant_id, id) on delete cascade
    );
    ${OF_THE_TENANT('place_news')}

    create function tell_places_of_events() returns trigger language plpgsql as $$
    begin
      if not exists (select from mail_places) then return null; end if;
      insert into place_news (tenant_id, mailbox_id, mail_id)
      select p.tenant_id, p.mailbox_id, p.mail_id
      from changed n join former o on o.tenant_id = n.tenant_id and o.id = n.id
        join mses m on m.tenant_id = n.tenant_id and m.event_id = n.id
        join mail_places p on p.tenant_id = m.tenant_id and p.mail_id = m.id
      where n.state <> o.state or n.assignee_id is distinct from o.assignee_id;
      return null;
    end $$;
    create trigger events_tell_places after update on events
      referencing old table as former new table as changed
      for each statement execute function tell_places_of_events();

    create function tell_places_of_mails() returns trigger language plpgsql as $$
    begin
      if not exists (select from mail_places) then return null; end if;
      insert into place_news (tenant_id, mailbox_id, mail_id)
      select p.tenant_id, p.mailbox_id, p.mail_id
      from changed n join former o on o.tenant_id = n.tenant_id and o.id = n.id
        join mail_places p on p.tenant_id = n.tenant_id and p.mail_id = n.id
      where n.org is distinct from o.org or n.event_id <> o.event_id;
      return null;
    end $$;
    create trigger mses_tell_places after update on mses
      referencing old table as former new table as changed
      for each statement execute function tell_places_of_mails();
  `,
  down: `
    drop trigger events_tell_places on events;
    drop trigger mses_tell_places on mses;
    drop function tell_places_of_events();
    drop function tell_places_of_mails();
    drop table place_news;
    drop table mail_folders;
    drop table mail_places;
    alter table mailbox_states drop column folders_note;
    alter table mailbox_states drop column folders_error;
    alter table mailbox_states drop column folders_looked_at;
    alter table mailboxes drop column root_folder;
  `,
});
