/**
 * Mail as it came and what was read in it. Three tables, because they are read differently: `mails` holds the
 * compressed source, `mses` is narrow for lists and reports, `mail_texts` is what people search and rules read.
 */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const CreateMail = sqlMigration({
  name: 'CreateMail1764000001000',
  up: `
    create table mailboxes (
      tenant_id uuid not null references tenants (id) on delete cascade,
      id uuid not null,
      host text not null,
      port integer not null check (port between 1 and 65535),
      is_tls boolean not null,
      accepts_any_certificate boolean not null,
      username text not null,
      password_box bytea not null,
      folder text not null,
      after_store text not null check (after_store in ('delete', 'move', 'keep')),
      is_paused boolean not null default false,
      created_at timestamptz not null,
      primary key (tenant_id, id)
    );

    -- Apart from mailboxes: written every few seconds by whoever reads the mailbox.
    create table mailbox_states (
      tenant_id uuid not null,
      mailbox_id uuid not null,
      uid_validity bigint,
      last_uid bigint not null default 0,
      -- every mail that arrived before this instant has been read
      read_until timestamptz,
      connected_at timestamptz,
      last_mail_at timestamptz,
      failing_since timestamptz,
      error text,
      note text,
      primary key (tenant_id, mailbox_id),
      foreign key (tenant_id, mailbox_id) references mailboxes (tenant_id, id) on delete cascade
    );

    -- Never changed after it is written.
    create table mails (
      tenant_id uuid not null references tenants (id) on delete cascade,
      id uuid not null,
      received_at timestamptz not null,
      -- what makes a second reading of the same mail a no-op
      digest bytea not null,
      size integer not null,
      door text not null check (door in ('imap', 'smtp', 'lmtp', 'import')),
      mailbox_id uuid,
      bytes bytea not null,
      primary key (tenant_id, id),
      unique (tenant_id, digest)
    );
    -- deflated already: the server need not try again
    alter table mails alter column bytes set storage external;

    -- The queue of triage, in arrival order. Apart from mails, so that taking one off copies no mail.
    create table waiting_mails (
      tenant_id uuid not null,
      received_at timestamptz not null,
      mail_id uuid not null,
      primary key (tenant_id, received_at, mail_id),
      foreign key (tenant_id, mail_id) references mails (tenant_id, id) on delete cascade
    );

    create table quarantine (
      tenant_id uuid not null,
      mail_id uuid not null,
      reason text not null,
      at timestamptz not null,
      primary key (tenant_id, mail_id),
      foreign key (tenant_id, mail_id) references mails (tenant_id, id) on delete cascade
    );

    -- What triage found. The row is written once by triage; people's corrections change findings, merge and split
    -- move event_id.
    create table mses (
      tenant_id uuid not null,
      -- of its mail
      id uuid not null,
      received_at timestamptz not null,
      message_id text,
      sent_at timestamptz,
      subject text not null,
      from_address text not null,
      from_name text not null,
      severity text check (severity in ('info', 'warn', 'critical')),
      org text,
      orgs text[] not null,
      servers text[] not null,
      state text not null check (state in
        ('problem', 'recovery', 'acknowledgement', 'report', 'success', 'failure', 'unknown')),
      is_noise boolean not null,
      signal_key uuid not null,
      template_id uuid,
      event_id uuid not null,
      -- per field: value, source, confidence, reason
      findings jsonb not null,
      lint text[] not null,
      primary key (tenant_id, id),
      foreign key (tenant_id, id) references mails (tenant_id, id) on delete cascade
    );
    -- mses list, reports
    create index mses_by_arrival on mses (tenant_id, received_at desc, id desc);
    -- an event's mails
    create index mses_of_event on mses (tenant_id, event_id, received_at);
    -- mses list by Message-ID
    create index mses_by_message_id on mses (tenant_id, message_id) where message_id is not null;
    -- unclassified page
    create index mses_unclassified on mses (tenant_id, received_at desc, id desc)
      where severity is null or org is null;

    create table mail_texts (
      tenant_id uuid not null,
      mse_id uuid not null,
      subject text not null,
      body text not null,
      attachments text[] not null,
      primary key (tenant_id, mse_id),
      foreign key (tenant_id, mse_id) references mses (tenant_id, id) on delete cascade
    );

    -- The words people search for. Punctuation that the parser would keep inside a token becomes space, so that
    -- "db1" finds db1.example.com and "example.com" too. Nested replace() takes 2 µs a mail, translate() took 50.
    create function mail_words(subject text, body text) returns tsvector
      language sql immutable parallel safe
      return to_tsvector('simple'::regconfig,
        replace(replace(replace(replace(replace(replace(replace(replace(left(subject || ' ' || body, 20000),
          '.', ' '), '/', ' '), '@', ' '), '-', ' '), '+', ' '), '<', ' '), '&', ' '), '~', ' '));
    -- search; new words gather in a list of up to 32 MB before they are sorted in, which vacuum usually does
    create index mail_texts_words on mail_texts using gin (mail_words(subject, body))
      with (gin_pending_list_limit = 32768);

    -- Every path seen, so that patterns are matched against a few hundred paths instead of all events.
    create table orgs (
      tenant_id uuid not null references tenants (id) on delete cascade,
      path text not null,
      first_seen_at timestamptz not null,
      primary key (tenant_id, path)
    );

    create table rules (
      tenant_id uuid not null references tenants (id) on delete cascade,
      id uuid not null,
      position integer not null,
      name text not null,
      condition jsonb not null,
      actions jsonb not null,
      is_enabled boolean not null default true,
      hits bigint not null default 0,
      last_hit_at timestamptz,
      created_by text not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      primary key (tenant_id, id)
    );
  `,
  down: `
    drop table rules, orgs, mail_texts, mses, quarantine, waiting_mails, mails, mailbox_states, mailboxes;
    drop function mail_words;
  `,
});
