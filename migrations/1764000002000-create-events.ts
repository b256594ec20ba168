/** What people work on, how it came about, and what must be told of it. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const CreateEvents = sqlMigration({
  name: 'CreateEvents1764000002000',
  up: `
    create table events (
      tenant_id uuid not null references tenants (id) on delete cascade,
      id uuid not null,
      -- the number people say to each other
      number integer not null,
      -- counts what people changed; arriving mail leaves it alone
      version integer not null default 1,
      kind text not null check (kind in ('FAILED', 'MISSING', 'EXTRA', 'BLIND', 'METRIC')),
      state text not null check (state in ('open', 'completed', 'merged')),
      is_noise boolean not null default false,
      flapping boolean not null default false,
      severity text check (severity in ('info', 'warn', 'critical')),
      -- the order of work lists: critical, warn, unclassified, info
      severity_rank smallint not null generated always as
        (case severity when 'critical' then 0 when 'warn' then 1 when 'info' then 3 else 2 end) stored,
      org text,
      servers text[] not null default '{}',
      title text not null,
      created_at timestamptz not null,
      snoozed_until timestamptz,
      assignee_id uuid references users (id) on delete set null,
      assigned_at timestamptz,
      completed_at timestamptz,
      completed_by text,
      completion_note text,
      merged_into uuid,
      stream_id uuid,
      mse_count integer not null default 0,
      last_mse_at timestamptz,
      primary key (tenant_id, id),
      unique (tenant_id, number)
    );
    -- work list, dashboard counts
    create index events_open on events
      (tenant_id, severity_rank, (assignee_id is not null), created_at desc, id desc) where state = 'open';
    -- completed list, history report
    create index events_by_creation on events (tenant_id, created_at desc, id desc);
    -- completing quiet info events
    create index events_quiet on events (tenant_id, last_mse_at)
      where state = 'open' and kind = 'FAILED' and (severity = 'info' or is_noise);
    -- the open verdict of a stream, the open BLIND event of a tenant
    create index events_of_stream on events (tenant_id, stream_id) where state = 'open' and kind <> 'FAILED';

    -- What an event's mails talk about. A signal points at one event at a time: the row with is_current.
    create table event_signals (
      tenant_id uuid not null,
      event_id uuid not null,
      signal_key uuid not null,
      label text not null,
      is_current boolean not null,
      -- a problem that has not recovered
      is_open boolean not null,
      severity text check (severity in ('info', 'warn', 'critical')),
      first_at timestamptz not null,
      last_at timestamptz not null,
      recovered_at timestamptz,
      primary key (tenant_id, event_id, signal_key),
      foreign key (tenant_id, event_id) references events (tenant_id, id) on delete cascade
    );
    -- which event does this signal belong to
    create unique index event_signals_current on event_signals (tenant_id, signal_key) where is_current;

    -- The timeline: append-only (see the trigger), the source of notices.
    create table changes (
      tenant_id uuid not null,
      id uuid not null,
      event_id uuid not null,
      at timestamptz not null,
      user_id uuid references users (id) on delete set null,
      who text not null,
      what text not null,
      detail jsonb not null default '{}',
      why text,
      primary key (tenant_id, id),
      foreign key (tenant_id, event_id) references events (tenant_id, id) on delete cascade
    );
    -- an event's timeline
    create index changes_of_event on changes (tenant_id, event_id, id);

    create function refuse_rewriting_history() returns trigger language plpgsql as $$
    begin
      -- a deleted user leaves their name in "who"
      if to_jsonb(new) - 'user_id' = to_jsonb(old) - 'user_id' and new.user_id is null then return new; end if;
      raise exception 'the timeline is append-only';
    end $$;
    create trigger changes_append_only before update on changes
      for each row execute function refuse_rewriting_history();

    -- Changes that nobody has been told of yet: written with the change, removed with its deliveries written.
    create table outbox (
      tenant_id uuid not null,
      change_id uuid not null,
      primary key (tenant_id, change_id),
      foreign key (tenant_id, change_id) references changes (tenant_id, id) on delete cascade
    );

    create table deliveries (
      tenant_id uuid not null,
      id uuid not null,
      change_id uuid not null,
      event_id uuid not null,
      user_id uuid references users (id) on delete set null,
      address text not null,
      subject text not null,
      body text not null,
      -- the idempotency key: the same at each try
      message_id text not null,
      state text not null check (state in ('pending', 'sent', 'failed', 'bounced')),
      attempts integer not null default 0,
      next_try_at timestamptz,
      last_error text,
      created_at timestamptz not null,
      sent_at timestamptz,
      primary key (tenant_id, id),
      unique (tenant_id, message_id),
      foreign key (tenant_id, change_id) references changes (tenant_id, id) on delete cascade
    );
    -- what is due to be sent
    create index deliveries_due on deliveries (next_try_at) where state = 'pending';
    -- deliveries page
    create index deliveries_by_creation on deliveries (tenant_id, created_at desc);
  `,
  down: `
    drop table deliveries, outbox, changes, event_signals, events;
    drop function refuse_rewriting_history;
  `,
});
