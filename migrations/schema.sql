-- What the migrations add up to; a test compares it with both databases. Not run by anything.

CREATE OR REPLACE FUNCTION mail_words(subject text, body text)
 RETURNS tsvector
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN to_tsvector('simple'::regconfig, replace(replace(replace(replace(replace(replace(replace(replace("left"(((subject || ' '::text) || body), 20000), '.'::text, ' '::text), '/'::text, ' '::text), '@'::text, ' '::text), '-'::text, ' '::text), '+'::text, ' '::text), '<'::text, ' '::text), '&'::text, ' '::text), '~'::text, ' '::text));

CREATE OR REPLACE FUNCTION refuse_rewriting_history()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      -- a deleted user leaves their name in "who"
      if to_jsonb(new) - 'user_id' = to_jsonb(old) - 'user_id' and new.user_id is null then return new; end if;
      raise exception 'the timeline is append-only';
    end $function$;

CREATE OR REPLACE FUNCTION tell_places_of_events()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      if not exists (select from mail_places) then return null; end if;
      insert into place_news (tenant_id, mailbox_id, mail_id)
      select p.tenant_id, p.mailbox_id, p.mail_id
      from changed n join former o on o.tenant_id = n.tenant_id and o.id = n.id
        join mses m on m.tenant_id = n.tenant_id and m.event_id = n.id
        join mail_places p on p.tenant_id = m.tenant_id and p.mail_id = m.id
      where n.state <> o.state or n.assignee_id is distinct from o.assignee_id;
      return null;
    end $function$;

CREATE OR REPLACE FUNCTION tell_places_of_mails()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    begin
      if not exists (select from mail_places) then return null; end if;
      insert into place_news (tenant_id, mailbox_id, mail_id)
      select p.tenant_id, p.mailbox_id, p.mail_id
      from changed n join former o on o.tenant_id = n.tenant_id and o.id = n.id
        join mail_places p on p.tenant_id = n.tenant_id and p.mail_id = n.id
      where n.org is distinct from o.org or n.event_id <> o.event_id;
      return null;
    end $function$;

create table addresses (
  address text not null,
  tenant_id uuid not null,
  constraint addresses_pkey PRIMARY KEY (address),
  constraint addresses_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint addresses_address_check CHECK ((address = lower(address)))
);

create table changes (
  tenant_id uuid not null,
  id uuid not null,
  event_id uuid not null,
  at timestamp with time zone not null,
  user_id uuid,
  who text not null,
  what text not null,
  detail jsonb default '{}'::jsonb not null,
  why text,
  constraint changes_pkey PRIMARY KEY (tenant_id, id),
  constraint changes_tenant_id_event_id_fkey FOREIGN KEY (tenant_id, event_id) REFERENCES events(tenant_id, id) ON DELETE CASCADE,
  constraint changes_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE SET NULL
);
CREATE INDEX changes_of_event ON changes USING btree (tenant_id, event_id, id);
CREATE TRIGGER changes_append_only BEFORE UPDATE ON changes FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_history();
-- row-level security: of_the_tenant

create table channels (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid,
  kind text not null,
  name text not null,
  target text not null,
  settings_box bytea not null,
  severity_floor text,
  created_at timestamp with time zone not null,
  last_sent_at timestamp with time zone,
  last_error text,
  failing_since timestamp with time zone,
  constraint channels_pkey PRIMARY KEY (tenant_id, id),
  constraint channels_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint channels_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES memberships(tenant_id, user_id) ON DELETE CASCADE,
  constraint channels_severity_floor_check CHECK ((severity_floor = ANY (ARRAY['info'::text, 'warn'::text, 'critical'::text])))
);
CREATE UNIQUE INDEX channels_names ON channels USING btree (tenant_id, COALESCE(user_id, tenant_id), name);
-- row-level security: of_the_tenant

create table corrections (
  tenant_id uuid not null,
  id uuid not null,
  mse_id uuid not null,
  org text,
  severity text,
  actor text not null,
  at timestamp with time zone not null,
  deed uuid,
  servers text[],
  formerly jsonb,
  is_lesson boolean default true not null,
  learnt_in integer,
  takes_back uuid,
  undone_at timestamp with time zone,
  undone_by text,
  constraint corrections_pkey PRIMARY KEY (tenant_id, id),
  constraint corrections_tenant_id_mse_id_fkey FOREIGN KEY (tenant_id, mse_id) REFERENCES mses(tenant_id, id) ON DELETE CASCADE,
  constraint corrections_severity_check CHECK ((severity = ANY (ARRAY['info'::text, 'warn'::text, 'critical'::text])))
);
CREATE INDEX corrections_of_deed ON corrections USING btree (tenant_id, deed);
CREATE INDEX corrections_of_mail ON corrections USING btree (tenant_id, mse_id);
CREATE INDEX corrections_to_learn ON corrections USING btree (tenant_id, id) WHERE ((learnt_in IS NULL) AND is_lesson);
-- row-level security: of_the_tenant

create table deliveries (
  tenant_id uuid not null,
  id uuid not null,
  change_id uuid,
  event_id uuid,
  user_id uuid,
  address text not null,
  message_id text not null,
  state text not null,
  attempts integer default 0 not null,
  next_try_at timestamp with time zone,
  last_error text,
  created_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  kind text not null,
  message jsonb not null,
  channel_id uuid,
  in_reply_to text,
  attachment jsonb,
  report_mail_id uuid,
  constraint deliveries_tenant_id_message_id_key UNIQUE (tenant_id, message_id),
  constraint deliveries_pkey PRIMARY KEY (tenant_id, id),
  constraint deliveries_tenant_id_change_id_fkey FOREIGN KEY (tenant_id, change_id) REFERENCES changes(tenant_id, id) ON DELETE CASCADE,
  constraint deliveries_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE SET NULL,
  constraint deliveries_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'sent'::text, 'failed'::text, 'bounced'::text])))
);
CREATE INDEX deliveries_by_creation ON deliveries USING btree (tenant_id, created_at DESC);
CREATE INDEX deliveries_due ON deliveries USING btree (next_try_at) WHERE (state = 'pending'::text);
CREATE INDEX deliveries_due_to_channels ON deliveries USING btree (next_try_at) WHERE ((state = 'pending'::text) AND (channel_id IS NOT NULL));
CREATE INDEX deliveries_failed ON deliveries USING btree (tenant_id, created_at DESC) WHERE (state = ANY (ARRAY['failed'::text, 'bounced'::text]));
CREATE INDEX deliveries_of_change ON deliveries USING btree (tenant_id, change_id) WHERE (change_id IS NOT NULL);
CREATE INDEX deliveries_of_channel ON deliveries USING btree (tenant_id, channel_id, created_at) WHERE (channel_id IS NOT NULL);
CREATE INDEX deliveries_of_event ON deliveries USING btree (tenant_id, event_id);
CREATE INDEX deliveries_of_person ON deliveries USING btree (tenant_id, user_id, created_at);
CREATE INDEX deliveries_of_storms ON deliveries USING btree (tenant_id, created_at) WHERE (kind = 'storm'::text);
CREATE INDEX deliveries_waiting ON deliveries USING btree (tenant_id, created_at DESC) WHERE (state = 'pending'::text);
-- row-level security: of_the_tenant

create table door_outages (
  door text not null,
  shut_at timestamp with time zone not null,
  settled_at timestamp with time zone not null,
  constraint door_outages_pkey PRIMARY KEY (door, shut_at)
);

create table doors (
  name text not null,
  alive_at timestamp with time zone not null,
  constraint doors_pkey PRIMARY KEY (name)
);

create table escalation_policies (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  patterns text[] not null,
  severity_floor text not null,
  steps jsonb not null,
  repeats integer default 0 not null,
  reminder jsonb,
  created_at timestamp with time zone not null,
  constraint escalation_policies_tenant_id_name_key UNIQUE (tenant_id, name),
  constraint escalation_policies_pkey PRIMARY KEY (tenant_id, id),
  constraint escalation_policies_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint escalation_policies_severity_floor_check CHECK ((severity_floor = ANY (ARRAY['info'::text, 'warn'::text, 'critical'::text])))
);
-- row-level security: of_the_tenant

create table escalations (
  tenant_id uuid not null,
  event_id uuid not null,
  policy_id uuid not null,
  assignee_id uuid,
  step integer not null,
  round integer not null,
  since timestamp with time zone not null,
  due_at timestamp with time zone not null,
  constraint escalations_pkey PRIMARY KEY (tenant_id, event_id),
  constraint escalations_tenant_id_event_id_fkey FOREIGN KEY (tenant_id, event_id) REFERENCES events(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX escalations_due ON escalations USING btree (due_at);
CREATE INDEX escalations_of_policy ON escalations USING btree (tenant_id, policy_id);
-- row-level security: of_the_tenant

create table event_signals (
  tenant_id uuid not null,
  event_id uuid not null,
  signal_key uuid not null,
  label text not null,
  is_current boolean not null,
  is_open boolean not null,
  severity text,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  recovered_at timestamp with time zone,
  portrait jsonb,
  joined jsonb,
  turns timestamp with time zone[] default '{}'::timestamp with time zone[] not null,
  constraint event_signals_pkey PRIMARY KEY (tenant_id, event_id, signal_key),
  constraint event_signals_tenant_id_event_id_fkey FOREIGN KEY (tenant_id, event_id) REFERENCES events(tenant_id, id) ON DELETE CASCADE,
  constraint event_signals_severity_check CHECK ((severity = ANY (ARRAY['info'::text, 'warn'::text, 'critical'::text])))
);
CREATE INDEX event_signals_by_age ON event_signals USING btree (tenant_id, first_at DESC);
CREATE UNIQUE INDEX event_signals_current ON event_signals USING btree (tenant_id, signal_key) WHERE is_current;
-- row-level security: of_the_tenant

create table event_traits (
  tenant_id uuid not null,
  trait text not null,
  event_id uuid not null,
  constraint event_traits_pkey PRIMARY KEY (tenant_id, trait, event_id),
  constraint event_traits_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant

create table events (
  tenant_id uuid not null,
  id uuid not null,
  number integer not null,
  version integer default 1 not null,
  kind text not null,
  state text not null,
  is_noise boolean default false not null,
  flapping boolean default false not null,
  severity text,
  severity_rank smallint generated always as (
CASE severity
    WHEN 'critical'::text THEN 0
    WHEN 'warn'::text THEN 1
    WHEN 'info'::text THEN 3
    ELSE 2
END) stored not null,
  org text,
  servers text[] default '{}'::text[] not null,
  title text not null,
  created_at timestamp with time zone not null,
  snoozed_until timestamp with time zone,
  assignee_id uuid,
  assigned_at timestamp with time zone,
  completed_at timestamp with time zone,
  completed_by text,
  completion_note text,
  merged_into uuid,
  stream_id uuid,
  mse_count integer default 0 not null,
  last_mse_at timestamp with time zone,
  is_remembered boolean default false not null,
  is_storm boolean default false not null,
  constraint events_tenant_id_number_key UNIQUE (tenant_id, number),
  constraint events_pkey PRIMARY KEY (tenant_id, id),
  constraint events_assignee_id_fkey FOREIGN KEY (assignee_id) REFERENCES users(id) ON DELETE SET NULL,
  constraint events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint events_kind_check CHECK ((kind = ANY (ARRAY['FAILED'::text, 'MISSING'::text, 'EXTRA'::text, 'BLIND'::text, 'METRIC'::text]))),
  constraint events_severity_check CHECK ((severity = ANY (ARRAY['info'::text, 'warn'::text, 'critical'::text]))),
  constraint events_state_check CHECK ((state = ANY (ARRAY['open'::text, 'completed'::text, 'merged'::text])))
);
CREATE INDEX events_by_completion ON events USING btree (tenant_id, completed_at) WHERE (state = 'completed'::text);
CREATE INDEX events_by_creation ON events USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX events_flapping ON events USING btree (tenant_id) WHERE flapping;
CREATE INDEX events_of_stream ON events USING btree (tenant_id, stream_id) WHERE ((state = 'open'::text) AND (kind <> 'FAILED'::text));
CREATE INDEX events_open ON events USING btree (tenant_id, severity_rank, ((assignee_id IS NOT NULL)), created_at DESC, id DESC) WHERE (state = 'open'::text);
CREATE INDEX events_quiet ON events USING btree (tenant_id, last_mse_at) WHERE ((state = 'open'::text) AND (kind = 'FAILED'::text) AND ((severity = 'info'::text) OR is_noise));
CREATE INDEX events_to_remember ON events USING btree (tenant_id, id) WHERE ((state = 'completed'::text) AND (NOT is_remembered));
CREATE TRIGGER events_tell_places AFTER UPDATE ON events REFERENCING OLD TABLE AS former NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_places_of_events();
-- row-level security: of_the_tenant

create table group_members (
  tenant_id uuid not null,
  group_id uuid not null,
  user_id uuid not null,
  constraint group_members_pkey PRIMARY KEY (tenant_id, group_id, user_id),
  constraint group_members_tenant_id_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES groups(tenant_id, id) ON DELETE CASCADE,
  constraint group_members_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES memberships(tenant_id, user_id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant

create table grouping_verdicts (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  left_signals uuid[] not null,
  right_signals uuid[] not null,
  constraint grouping_verdicts_pkey PRIMARY KEY (tenant_id, id),
  constraint grouping_verdicts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint grouping_verdicts_kind_check CHECK ((kind = ANY (ARRAY['must'::text, 'cannot'::text])))
);
-- row-level security: of_the_tenant

create table groups (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  personal_user_id uuid,
  constraint groups_tenant_id_name_key UNIQUE (tenant_id, name),
  constraint groups_pkey PRIMARY KEY (tenant_id, id),
  constraint groups_personal_user_id_fkey FOREIGN KEY (personal_user_id) REFERENCES users(id) ON DELETE CASCADE,
  constraint groups_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant

create table held_notices (
  tenant_id uuid not null,
  user_id uuid,
  event_id uuid not null,
  change_id uuid not null,
  held_at timestamp with time zone not null,
  release_at timestamp with time zone not null,
  channel_id uuid,
  told_as text not null,
  constraint held_notices_tenant_id_change_id_fkey FOREIGN KEY (tenant_id, change_id) REFERENCES changes(tenant_id, id) ON DELETE CASCADE,
  constraint held_notices_tenant_id_channel_id_fkey FOREIGN KEY (tenant_id, channel_id) REFERENCES channels(tenant_id, id) ON DELETE CASCADE,
  constraint held_notices_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE,
  constraint held_notices_check CHECK (((user_id IS NULL) <> (channel_id IS NULL))),
  constraint held_notices_told_as_check CHECK ((told_as = ANY (ARRAY['notice'::text, 'digest'::text])))
);
CREATE INDEX held_notices_due ON held_notices USING btree (release_at);
CREATE INDEX held_notices_of_event ON held_notices USING btree (tenant_id, event_id);
CREATE UNIQUE INDEX held_notices_of_listener ON held_notices USING btree (tenant_id, COALESCE(user_id, channel_id), event_id);
-- row-level security: of_the_tenant

create table job_runs (
  tenant_id uuid not null,
  job_id uuid not null,
  id uuid not null,
  run_key text,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  outcome text,
  start_mse uuid,
  end_mse uuid,
  is_overlapping boolean default false not null,
  given_up_at timestamp with time zone,
  due_at timestamp with time zone,
  overdue_event_id uuid,
  constraint job_runs_pkey PRIMARY KEY (tenant_id, job_id, id),
  constraint job_runs_tenant_id_job_id_fkey FOREIGN KEY (tenant_id, job_id) REFERENCES jobs(tenant_id, id) ON DELETE CASCADE,
  constraint job_runs_check CHECK (((started_at IS NOT NULL) OR (finished_at IS NOT NULL))),
  constraint job_runs_outcome_check CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text])))
);
CREATE INDEX job_runs_due ON job_runs USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX job_runs_open ON job_runs USING btree (tenant_id, job_id) WHERE ((finished_at IS NULL) AND (given_up_at IS NULL));
CREATE INDEX job_runs_overdue ON job_runs USING btree (tenant_id, overdue_event_id) WHERE (overdue_event_id IS NOT NULL);
-- row-level security: of_the_tenant

create table jobs (
  tenant_id uuid not null,
  id uuid not null,
  job_key text not null,
  name text not null,
  org text,
  servers text[] default '{}'::text[] not null,
  sender text not null,
  severity text default 'warn'::text not null,
  door text not null,
  durations integer[] default '{}'::integer[] not null,
  usual_seconds integer,
  ends integer default 0 not null,
  overlap_count integer default 0 not null,
  last_at timestamp with time zone not null,
  constraint jobs_tenant_id_job_key_key UNIQUE (tenant_id, job_key),
  constraint jobs_pkey PRIMARY KEY (tenant_id, id),
  constraint jobs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint jobs_severity_check CHECK ((severity = ANY (ARRAY['warn'::text, 'critical'::text])))
);
CREATE INDEX jobs_latest ON jobs USING btree (tenant_id, last_at DESC, id DESC) WHERE (ends > 0);
-- row-level security: of_the_tenant

create table leases (
  name text not null,
  holder text not null,
  expires_at timestamp with time zone not null,
  constraint leases_pkey PRIMARY KEY (name)
);

create table listed_events (
  tenant_id uuid not null,
  delivery_id uuid not null,
  event_id uuid not null,
  constraint listed_events_pkey PRIMARY KEY (tenant_id, delivery_id, event_id),
  constraint listed_events_tenant_id_delivery_id_fkey FOREIGN KEY (tenant_id, delivery_id) REFERENCES deliveries(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX listed_events_of_event ON listed_events USING btree (tenant_id, event_id);
-- row-level security: of_the_tenant

create table mail_folders (
  tenant_id uuid not null,
  mailbox_id uuid not null,
  path text not null,
  uid_validity bigint not null,
  uid_next bigint not null,
  messages integer not null,
  constraint mail_folders_pkey PRIMARY KEY (tenant_id, mailbox_id, path),
  constraint mail_folders_tenant_id_mailbox_id_fkey FOREIGN KEY (tenant_id, mailbox_id) REFERENCES mailboxes(tenant_id, id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant

create table mail_places (
  tenant_id uuid not null,
  mailbox_id uuid not null,
  mail_id uuid not null,
  folder text,
  uid_validity bigint,
  uid bigint,
  wanted text[],
  settled text[],
  target text,
  former jsonb default '[]'::jsonb not null,
  lost_at timestamp with time zone,
  why_left text,
  constraint mail_places_pkey PRIMARY KEY (tenant_id, mailbox_id, mail_id),
  constraint mail_places_tenant_id_mail_id_fkey FOREIGN KEY (tenant_id, mail_id) REFERENCES mails(tenant_id, id) ON DELETE CASCADE,
  constraint mail_places_tenant_id_mailbox_id_fkey FOREIGN KEY (tenant_id, mailbox_id) REFERENCES mailboxes(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX mail_places_by_uid ON mail_places USING btree (tenant_id, mailbox_id, folder, uid);
CREATE INDEX mail_places_due ON mail_places USING btree (tenant_id, mailbox_id) WHERE (wanted IS DISTINCT FROM settled);
CREATE INDEX mail_places_left ON mail_places USING btree (tenant_id, mailbox_id) WHERE (why_left IS NOT NULL);
CREATE INDEX mail_places_lost ON mail_places USING btree (tenant_id, mailbox_id) WHERE (lost_at IS NOT NULL);
CREATE INDEX mail_places_new ON mail_places USING btree (tenant_id, mailbox_id) WHERE (wanted IS NULL);
CREATE INDEX mail_places_of_mail ON mail_places USING btree (tenant_id, mail_id);
CREATE INDEX mail_places_twice ON mail_places USING btree (tenant_id, mailbox_id) WHERE (former <> '[]'::jsonb);
-- row-level security: of_the_tenant

create table mail_texts (
  tenant_id uuid not null,
  mse_id uuid not null,
  subject text not null,
  body text not null,
  attachments text[] not null,
  constraint mail_texts_pkey PRIMARY KEY (tenant_id, mse_id),
  constraint mail_texts_tenant_id_mse_id_fkey FOREIGN KEY (tenant_id, mse_id) REFERENCES mses(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX mail_texts_words ON mail_texts USING gin (mail_words(subject, body)) WITH (gin_pending_list_limit='32768');

create table mailbox_states (
  tenant_id uuid not null,
  mailbox_id uuid not null,
  uid_validity bigint,
  last_uid bigint default 0 not null,
  read_until timestamp with time zone,
  connected_at timestamp with time zone,
  last_mail_at timestamp with time zone,
  failing_since timestamp with time zone,
  error text,
  note text,
  folders_looked_at timestamp with time zone,
  folders_error text,
  folders_note text,
  constraint mailbox_states_pkey PRIMARY KEY (tenant_id, mailbox_id),
  constraint mailbox_states_tenant_id_mailbox_id_fkey FOREIGN KEY (tenant_id, mailbox_id) REFERENCES mailboxes(tenant_id, id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant

create table mailboxes (
  tenant_id uuid not null,
  id uuid not null,
  host text not null,
  port integer not null,
  is_tls boolean not null,
  accepts_any_certificate boolean not null,
  username text not null,
  password_box bytea not null,
  folder text not null,
  after_store text not null,
  is_paused boolean default false not null,
  created_at timestamp with time zone not null,
  root_folder text default 'DaTamer'::text not null,
  constraint mailboxes_pkey PRIMARY KEY (tenant_id, id),
  constraint mailboxes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint mailboxes_after_store_check CHECK ((after_store = ANY (ARRAY['delete'::text, 'move'::text, 'keep'::text]))),
  constraint mailboxes_port_check CHECK (((port >= 1) AND (port <= 65535)))
);
-- row-level security: of_the_tenant

create table mails (
  tenant_id uuid not null,
  id uuid not null,
  received_at timestamp with time zone not null,
  digest bytea not null,
  size integer not null,
  door text not null,
  mailbox_id uuid,
  bytes bytea not null,
  constraint mails_tenant_id_digest_key UNIQUE (tenant_id, digest),
  constraint mails_pkey PRIMARY KEY (tenant_id, id),
  constraint mails_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint mails_door_check CHECK ((door = ANY (ARRAY['imap'::text, 'smtp'::text, 'lmtp'::text, 'import'::text])))
);
-- row-level security: of_the_tenant

create table memberships (
  tenant_id uuid not null,
  user_id uuid not null,
  role text not null,
  created_at timestamp with time zone not null,
  mail_floor text,
  digest_times text[],
  constraint memberships_pkey PRIMARY KEY (tenant_id, user_id),
  constraint memberships_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE,
  constraint memberships_digest_times_check CHECK (((cardinality(digest_times) >= 1) AND (cardinality(digest_times) <= 24))),
  constraint memberships_mail_floor_check CHECK ((mail_floor = ANY (ARRAY['warn'::text, 'critical'::text, 'never'::text]))),
  constraint memberships_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'engineer'::text, 'manager'::text])))
);
CREATE INDEX memberships_of_user ON memberships USING btree (user_id);
-- row-level security: of_the_tenant

create table model_candidates (
  tenant_id uuid not null,
  id uuid not null,
  who text not null,
  why text not null,
  started_at timestamp with time zone not null,
  state bytea,
  trial jsonb not null,
  saved_at timestamp with time zone,
  constraint model_candidates_pkey PRIMARY KEY (tenant_id),
  constraint model_candidates_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant

create table model_log (
  tenant_id uuid not null,
  id uuid not null,
  at timestamp with time zone not null,
  who text not null,
  what text not null,
  why text not null,
  constraint model_log_pkey PRIMARY KEY (tenant_id, id),
  constraint model_log_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant

create table models (
  tenant_id uuid not null,
  version integer not null,
  is_current boolean not null,
  format integer not null,
  state bytea not null,
  figures jsonb not null,
  note text,
  created_at timestamp with time zone not null,
  saved_at timestamp with time zone not null,
  knows int4multirange default '{}'::int4multirange not null,
  constraint models_pkey PRIMARY KEY (tenant_id, version),
  constraint models_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX models_current ON models USING btree (tenant_id) WHERE is_current;
-- row-level security: of_the_tenant

create table mses (
  tenant_id uuid not null,
  id uuid not null,
  received_at timestamp with time zone not null,
  message_id text,
  sent_at timestamp with time zone,
  subject text not null,
  from_address text not null,
  from_name text not null,
  severity text,
  org text,
  orgs text[] not null,
  servers text[] not null,
  state text not null,
  is_noise boolean not null,
  signal_key uuid not null,
  template_id uuid,
  event_id uuid,
  findings jsonb not null,
  lint text[] not null,
  constraint mses_pkey PRIMARY KEY (tenant_id, id),
  constraint mses_tenant_id_id_fkey FOREIGN KEY (tenant_id, id) REFERENCES mails(tenant_id, id) ON DELETE CASCADE,
  constraint mses_event_check CHECK (((event_id IS NOT NULL) OR ((findings -> 'reply'::text) IS NOT NULL))),
  constraint mses_severity_check CHECK ((severity = ANY (ARRAY['info'::text, 'warn'::text, 'critical'::text]))),
  constraint mses_state_check CHECK ((state = ANY (ARRAY['problem'::text, 'recovery'::text, 'acknowledgement'::text, 'report'::text, 'success'::text, 'failure'::text, 'unknown'::text])))
);
CREATE INDEX mses_by_arrival ON mses USING btree (tenant_id, received_at DESC, id DESC);
CREATE INDEX mses_by_message_id ON mses USING btree (tenant_id, message_id) WHERE (message_id IS NOT NULL);
CREATE INDEX mses_of_event ON mses USING btree (tenant_id, event_id, received_at);
CREATE INDEX mses_unclassified ON mses USING btree (tenant_id, received_at DESC, id DESC) WHERE ((severity IS NULL) OR (org IS NULL));
CREATE INDEX mses_without_schedule ON mses USING btree (tenant_id, signal_key, received_at) WHERE (((findings -> 'schedule'::text) IS NULL) AND (NOT is_noise));
CREATE TRIGGER mses_tell_places AFTER UPDATE ON mses REFERENCING OLD TABLE AS former NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_places_of_mails();
-- row-level security: of_the_tenant

create table mutes (
  tenant_id uuid not null,
  user_id uuid not null,
  subscription_id uuid not null,
  muted_at timestamp with time zone not null,
  constraint mutes_pkey PRIMARY KEY (tenant_id, subscription_id, user_id),
  constraint mutes_tenant_id_subscription_id_fkey FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscriptions(tenant_id, id) ON DELETE CASCADE,
  constraint mutes_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES memberships(tenant_id, user_id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant

create table orgs (
  tenant_id uuid not null,
  path text not null,
  first_seen_at timestamp with time zone not null,
  constraint orgs_pkey PRIMARY KEY (tenant_id, path),
  constraint orgs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant

create table outbox (
  tenant_id uuid not null,
  change_id uuid not null,
  constraint outbox_pkey PRIMARY KEY (tenant_id, change_id),
  constraint outbox_tenant_id_change_id_fkey FOREIGN KEY (tenant_id, change_id) REFERENCES changes(tenant_id, id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant

create table own_mails (
  tenant_id uuid not null,
  part text not null,
  slot_at timestamp with time zone not null,
  message_id text not null,
  sent_at timestamp with time zone not null,
  seen_at timestamp with time zone,
  mail_id uuid,
  constraint own_mails_pkey PRIMARY KEY (tenant_id, part, slot_at),
  constraint own_mails_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);
CREATE INDEX own_mails_unseen ON own_mails USING btree (tenant_id, message_id) WHERE (seen_at IS NULL);
-- row-level security: of_the_tenant

create table own_problems (
  tenant_id uuid not null,
  key text not null,
  org text not null,
  severity text not null,
  title text not null,
  detail text not null,
  since timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  told_severity text,
  constraint own_problems_pkey PRIMARY KEY (tenant_id, key),
  constraint own_problems_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint own_problems_severity_check CHECK ((severity = ANY (ARRAY['warn'::text, 'critical'::text]))),
  constraint own_problems_told_severity_check CHECK ((told_severity = ANY (ARRAY['warn'::text, 'critical'::text])))
);
-- row-level security: of_the_tenant

create table own_processes (
  tenant_id uuid not null,
  name text not null,
  alive_at timestamp with time zone not null,
  constraint own_processes_pkey PRIMARY KEY (tenant_id, name),
  constraint own_processes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant

create table place_news (
  tenant_id uuid not null,
  mailbox_id uuid not null,
  id uuid default gen_random_uuid() not null,
  mail_id uuid not null,
  constraint place_news_pkey PRIMARY KEY (tenant_id, mailbox_id, id),
  constraint place_news_tenant_id_mailbox_id_fkey FOREIGN KEY (tenant_id, mailbox_id) REFERENCES mailboxes(tenant_id, id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant

create table quarantine (
  tenant_id uuid not null,
  mail_id uuid not null,
  reason text not null,
  at timestamp with time zone not null,
  constraint quarantine_pkey PRIMARY KEY (tenant_id, mail_id),
  constraint quarantine_tenant_id_mail_id_fkey FOREIGN KEY (tenant_id, mail_id) REFERENCES mails(tenant_id, id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant

create table report_mails (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  period text not null,
  at text not null,
  time_zone text not null,
  org text,
  severity text,
  created_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  constraint report_mails_pkey PRIMARY KEY (tenant_id, id),
  constraint report_mails_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES memberships(tenant_id, user_id) ON DELETE CASCADE,
  constraint report_mails_at_check CHECK ((at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'::text)),
  constraint report_mails_period_check CHECK ((period = ANY (ARRAY['daily'::text, 'weekly'::text, 'monthly'::text]))),
  constraint report_mails_severity_check CHECK ((severity = ANY (ARRAY['critical'::text, 'warn'::text, 'unclassified'::text, 'info'::text])))
);
CREATE INDEX report_mails_due ON report_mails USING btree (due_at);
CREATE UNIQUE INDEX report_mails_of_person ON report_mails USING btree (tenant_id, user_id, period, COALESCE(org, ''::text), COALESCE(severity, ''::text));
-- row-level security: of_the_tenant

create table rota_overrides (
  tenant_id uuid not null,
  rota_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  instead_of uuid,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  constraint rota_overrides_pkey PRIMARY KEY (tenant_id, id),
  constraint rota_overrides_tenant_id_rota_id_fkey FOREIGN KEY (tenant_id, rota_id) REFERENCES rotas(tenant_id, id) ON DELETE CASCADE,
  constraint rota_overrides_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES memberships(tenant_id, user_id) ON DELETE CASCADE,
  constraint rota_overrides_check CHECK ((to_at > from_at))
);
CREATE INDEX rota_overrides_of_rota ON rota_overrides USING btree (tenant_id, rota_id, id);
-- row-level security: of_the_tenant

create table rotas (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  time_zone text not null,
  unit text not null,
  every integer not null,
  starts_on date not null,
  hand_over_at text not null,
  people uuid[] not null,
  created_at timestamp with time zone not null,
  constraint rotas_tenant_id_name_key UNIQUE (tenant_id, name),
  constraint rotas_pkey PRIMARY KEY (tenant_id, id),
  constraint rotas_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint rotas_every_check CHECK ((every > 0)),
  constraint rotas_unit_check CHECK ((unit = ANY (ARRAY['day'::text, 'week'::text])))
);
-- row-level security: of_the_tenant

create table rules (
  tenant_id uuid not null,
  id uuid not null,
  position integer not null,
  name text not null,
  condition jsonb not null,
  actions jsonb not null,
  is_enabled boolean default true not null,
  hits bigint default 0 not null,
  last_hit_at timestamp with time zone,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint rules_pkey PRIMARY KEY (tenant_id, id),
  constraint rules_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant

create table schedule_proposals (
  tenant_id uuid not null,
  id uuid not null,
  scope_key text not null,
  name text not null,
  sender text not null,
  subject text not null,
  servers text[] not null,
  signal_key uuid not null,
  pace jsonb not null,
  spread_seconds integer,
  recent boolean[] not null,
  confidence real not null,
  false_alarms_per_month real not null,
  seen_from timestamp with time zone not null,
  seen_to timestamp with time zone not null,
  count integer not null,
  state text default 'proposed'::text not null,
  decided_by text,
  decided_at timestamp with time zone,
  proposed_at timestamp with time zone not null,
  constraint schedule_proposals_tenant_id_scope_key_key UNIQUE (tenant_id, scope_key),
  constraint schedule_proposals_pkey PRIMARY KEY (tenant_id, id),
  constraint schedule_proposals_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint schedule_proposals_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
  constraint schedule_proposals_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'accepted'::text, 'refused'::text])))
);
-- row-level security: of_the_tenant

create table servers (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  state text default 'proposed'::text not null,
  org text,
  renamed_to text,
  first_seen_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  mails integer default 0 not null,
  reports integer default 0 not null,
  orgs jsonb default '{}'::jsonb not null,
  taught jsonb default '{}'::jsonb not null,
  is_news boolean default false not null,
  constraint servers_tenant_id_name_key UNIQUE (tenant_id, name),
  constraint servers_pkey PRIMARY KEY (tenant_id, id),
  constraint servers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint servers_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'confirmed'::text, 'ignored'::text])))
);
CREATE INDEX servers_news ON servers USING btree (tenant_id) WHERE is_news;
-- row-level security: of_the_tenant

create table sessions (
  id_hash bytea not null,
  user_id uuid,
  data jsonb not null,
  expires_at timestamp with time zone not null,
  constraint sessions_pkey PRIMARY KEY (id_hash),
  constraint sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE INDEX sessions_by_expiry ON sessions USING btree (expires_at);
CREATE INDEX sessions_of_user ON sessions USING btree (user_id);

create table silenced_events (
  tenant_id uuid not null,
  silence_id uuid not null,
  event_id uuid not null,
  window_from timestamp with time zone not null,
  until_at timestamp with time zone not null,
  hidden_at timestamp with time zone not null,
  notices integer default 0 not null,
  settled_at timestamp with time zone,
  seen_mails integer default 0 not null,
  seen_version integer default 0 not null,
  constraint silenced_events_pkey PRIMARY KEY (tenant_id, silence_id, event_id, window_from),
  constraint silenced_events_tenant_id_event_id_fkey FOREIGN KEY (tenant_id, event_id) REFERENCES events(tenant_id, id) ON DELETE CASCADE,
  constraint silenced_events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint silenced_events_tenant_id_silence_id_fkey FOREIGN KEY (tenant_id, silence_id) REFERENCES silences(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX silenced_events_due ON silenced_events USING btree (until_at) WHERE (settled_at IS NULL);
CREATE INDEX silenced_events_of_event ON silenced_events USING btree (tenant_id, event_id);
-- row-level security: of_the_tenant

create table silences (
  tenant_id uuid not null,
  id uuid not null,
  reason text not null,
  orgs text[] default '{}'::text[] not null,
  servers text[] default '{}'::text[] not null,
  streams uuid[] default '{}'::uuid[] not null,
  rules uuid[] default '{}'::uuid[] not null,
  from_at timestamp with time zone,
  to_at timestamp with time zone,
  recurrence jsonb,
  created_by text not null,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  removed_at timestamp with time zone,
  constraint silences_pkey PRIMARY KEY (tenant_id, id),
  constraint silences_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint silences_check CHECK ((to_at > from_at)),
  constraint silences_check1 CHECK (((recurrence IS NULL) = ((from_at IS NOT NULL) AND (to_at IS NOT NULL))))
);
-- row-level security: of_the_tenant

create table stream_aliases (
  tenant_id uuid not null,
  stream_key text not null,
  stream_id uuid not null,
  name text not null,
  merged_at timestamp with time zone not null,
  constraint stream_aliases_pkey PRIMARY KEY (tenant_id, stream_key),
  constraint stream_aliases_tenant_id_stream_id_fkey FOREIGN KEY (tenant_id, stream_id) REFERENCES streams(tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX stream_aliases_of_stream ON stream_aliases USING btree (tenant_id, stream_id);
-- row-level security: of_the_tenant

create table stream_arrivals (
  tenant_id uuid not null,
  stream_id uuid not null,
  at timestamp with time zone not null,
  mse_id uuid not null,
  constraint stream_arrivals_pkey PRIMARY KEY (tenant_id, stream_id, at, mse_id),
  constraint stream_arrivals_tenant_id_stream_id_fkey FOREIGN KEY (tenant_id, stream_id) REFERENCES streams(tenant_id, id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant

create table streams (
  tenant_id uuid not null,
  id uuid not null,
  stream_key text not null,
  name text not null,
  source text not null,
  org text,
  servers text[] default '{}'::text[] not null,
  sender text,
  subject text,
  period text not null,
  n integer not null,
  variance integer not null,
  grace_seconds integer,
  severity text default 'warn'::text not null,
  is_paused boolean default false not null,
  first_at timestamp with time zone not null,
  last_arrival_at timestamp with time zone,
  door text,
  judged_until timestamp with time zone not null,
  breach text,
  breach_since timestamp with time zone,
  breach_event_id uuid,
  due_at timestamp with time zone,
  created_at timestamp with time zone not null,
  cron text,
  timezone text,
  early_seconds integer,
  counted_from timestamp with time zone,
  learned_grace_seconds integer,
  deviations integer[] default '{}'::integer[] not null,
  former_n integer,
  former_variance integer,
  changed_at timestamp with time zone,
  untagged_count integer default 0 not null,
  untagged_at timestamp with time zone,
  constraint streams_tenant_id_stream_key_key UNIQUE (tenant_id, stream_key),
  constraint streams_pkey PRIMARY KEY (tenant_id, id),
  constraint streams_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint streams_breach_check CHECK ((breach = ANY (ARRAY['MISSING'::text, 'EXTRA'::text]))),
  constraint streams_cron_has_zone CHECK (((cron IS NULL) = (timezone IS NULL))),
  constraint streams_early_seconds_check CHECK ((early_seconds >= 0)),
  constraint streams_grace_seconds_check CHECK ((grace_seconds >= 0)),
  constraint streams_learned_grace_seconds_check CHECK ((learned_grace_seconds >= 0)),
  constraint streams_n_check CHECK ((n >= 1)),
  constraint streams_period_check CHECK ((period = ANY (ARRAY['minute'::text, 'hour'::text, 'day'::text, 'week'::text, 'month'::text]))),
  constraint streams_severity_check CHECK ((severity = ANY (ARRAY['warn'::text, 'critical'::text]))),
  constraint streams_source_check CHECK ((source = ANY (ARRAY['tag'::text, 'rule'::text, 'declared'::text]))),
  constraint streams_variance_check CHECK ((variance >= 0))
);
CREATE INDEX streams_due ON streams USING btree (due_at) WHERE (NOT is_paused);
CREATE INDEX streams_tagged ON streams USING btree (tenant_id, sender, subject) WHERE (source = 'tag'::text);
-- row-level security: of_the_tenant

create table subscriptions (
  tenant_id uuid not null,
  id uuid not null,
  group_id uuid not null,
  pattern text not null,
  level text not null,
  severity_floor text,
  quiet_hours jsonb,
  created_at timestamp with time zone not null,
  channel_id uuid,
  constraint subscriptions_tenant_id_group_id_pattern_key UNIQUE (tenant_id, group_id, pattern),
  constraint subscriptions_pkey PRIMARY KEY (tenant_id, id),
  constraint subscriptions_tenant_id_channel_id_fkey FOREIGN KEY (tenant_id, channel_id) REFERENCES channels(tenant_id, id),
  constraint subscriptions_tenant_id_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES groups(tenant_id, id) ON DELETE CASCADE,
  constraint subscriptions_level_check CHECK ((level = ANY (ARRAY['responder'::text, 'interested'::text]))),
  constraint subscriptions_severity_floor_check CHECK ((severity_floor = ANY (ARRAY['info'::text, 'warn'::text, 'critical'::text])))
);
-- row-level security: of_the_tenant

create table templates (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  source text not null,
  version smallint not null,
  text text not null,
  count integer not null,
  first_seen_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  merged_into uuid,
  frequent_lines jsonb not null,
  constraint templates_pkey PRIMARY KEY (tenant_id, id),
  constraint templates_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint templates_kind_check CHECK ((kind = ANY (ARRAY['subject'::text, 'line'::text])))
);
CREATE INDEX templates_merged ON templates USING btree (tenant_id, merged_into) WHERE (merged_into IS NOT NULL);
-- row-level security: of_the_tenant

create table tenants (
  id uuid not null,
  slug text not null,
  name text not null,
  time_zone text default 'UTC'::text not null,
  next_event_number integer default 1 not null,
  reopen_window_minutes integer default 1440 not null,
  info_quiet_minutes integer default 1440 not null,
  recovery_completes boolean default true not null,
  tag_senders text[],
  created_at timestamp with time zone not null,
  imported_until timestamp with time zone,
  first_smtp_at timestamp with time zone,
  reply_style text default 'token'::text not null,
  mail_token text default substr(replace((gen_random_uuid())::text, '-'::text, ''::text), 1, 10) not null,
  needs_mail_token boolean default false not null,
  notice_limit integer default 10 not null,
  constraint tenants_slug_key UNIQUE (slug),
  constraint tenants_pkey PRIMARY KEY (id),
  constraint tenants_info_quiet_minutes_check CHECK ((info_quiet_minutes > 0)),
  constraint tenants_notice_limit_check CHECK (((notice_limit >= 1) AND (notice_limit <= 1000))),
  constraint tenants_reopen_window_minutes_check CHECK ((reopen_window_minutes >= 0)),
  constraint tenants_reply_style_check CHECK ((reply_style = ANY (ARRAY['token'::text, 'plain'::text, 'none'::text]))),
  constraint tenants_slug_check CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text))
);

create table tokens (
  tenant_id uuid not null,
  id uuid not null,
  secret_hash bytea not null,
  name text not null,
  role text not null,
  created_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  constraint tokens_tenant_id_secret_hash_key UNIQUE (tenant_id, secret_hash),
  constraint tokens_pkey PRIMARY KEY (tenant_id, id),
  constraint tokens_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE,
  constraint tokens_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'engineer'::text, 'manager'::text])))
);
-- row-level security: of_the_tenant

create table triage_memories (
  tenant_id uuid not null,
  version integer not null,
  constraint triage_memories_pkey PRIMARY KEY (tenant_id),
  constraint triage_memories_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant

create table used_links (
  tenant_id uuid not null,
  delivery_id uuid not null,
  verb text not null,
  used_at timestamp with time zone not null,
  constraint used_links_pkey PRIMARY KEY (tenant_id, delivery_id, verb),
  constraint used_links_tenant_id_delivery_id_fkey FOREIGN KEY (tenant_id, delivery_id) REFERENCES deliveries(tenant_id, id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant

create table users (
  id uuid not null,
  email text not null,
  name text not null,
  password_hash text not null,
  time_zone text,
  theme text default 'auto'::text not null,
  unreachable_since timestamp with time zone,
  unreachable_reason text,
  created_at timestamp with time zone not null,
  constraint users_email_key UNIQUE (email),
  constraint users_pkey PRIMARY KEY (id),
  constraint users_email_check CHECK ((email = lower(email))),
  constraint users_theme_check CHECK ((theme = ANY (ARRAY['auto'::text, 'light'::text, 'dark'::text])))
);

create table waiting_mails (
  tenant_id uuid not null,
  received_at timestamp with time zone not null,
  mail_id uuid not null,
  constraint waiting_mails_pkey PRIMARY KEY (tenant_id, received_at, mail_id),
  constraint waiting_mails_tenant_id_mail_id_fkey FOREIGN KEY (tenant_id, mail_id) REFERENCES mails(tenant_id, id) ON DELETE CASCADE
);
-- row-level security: of_the_tenant
