/** Where notices go beside people's mail: a team's rooms and programs, a person's telephones. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const CreateChannels = sqlMigration({
  name: 'CreateChannels1764000019000',
  up: `
    create table channels (
      tenant_id uuid not null references tenants (id) on delete cascade,
      id uuid not null,
      -- whose own it is; null: the team's
      user_id uuid,
      kind text not null,
      name text not null,
      -- what people may read of where it goes; the settings are full of secrets
      target text not null,
      settings_box bytea not null,
      -- a person's own takes what is at least so severe
      severity_floor text check (severity_floor in ('info', 'warn', 'critical')),
      created_at timestamptz not null,
      last_sent_at timestamptz,
      last_error text,
      failing_since timestamptz,
      primary key (tenant_id, id),
      foreign key (tenant_id, user_id) references memberships (tenant_id, user_id) on delete cascade
    );
    -- those of a person, or of the team; two of one name could not be told apart
    create unique index channels_names on channels (tenant_id, coalesce(user_id, tenant_id), name);
    alter table channels enable row level security;
    alter table channels force row level security;
    create policy of_the_tenant on channels using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');

    -- told instead of each person of the group
    alter table subscriptions add channel_id uuid,
      add foreign key (tenant_id, channel_id) references channels (tenant_id, id);

    -- mail comes for what is at least so severe, and for what no channel of the person takes
    alter table memberships add mail_floor text check (mail_floor in ('warn', 'critical', 'never'));

    -- null: by mail. No foreign key: what was sent is remembered longer than the channel.
    alter table deliveries add channel_id uuid;
    -- claimDueOfChannels; mails that wait for a mail server must not be looked through
    create index deliveries_due_to_channels on deliveries (next_try_at)
      where state = 'pending' and channel_id is not null;
    -- how many notices a room got lately
    create index deliveries_of_channel on deliveries (tenant_id, channel_id, created_at) where channel_id is not null;

    alter table held_notices drop constraint held_notices_pkey,
      alter user_id drop not null,
      add channel_id uuid,
      add foreign key (tenant_id, channel_id) references channels (tenant_id, id) on delete cascade,
      add check ((user_id is null) <> (channel_id is null));
    -- one row a listener and event
    create unique index held_notices_of_listener on held_notices
      (tenant_id, coalesce(user_id, channel_id), event_id);
  `,
  down: `
    delete from held_notices where user_id is null;
    drop index held_notices_of_listener;
    alter table held_notices drop channel_id, alter user_id set not null,
      add primary key (tenant_id, user_id, event_id);
    drop index deliveries_of_channel, deliveries_due_to_channels;
    alter table deliveries drop channel_id;
    alter table memberships drop mail_floor;
    alter table subscriptions drop channel_id;
    drop table channels;
  `,
});
