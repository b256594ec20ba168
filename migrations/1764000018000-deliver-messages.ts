/** A delivery keeps what is told as data, which each channel gives its form; some are about no event. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const DeliverMessages = sqlMigration({
  name: 'DeliverMessages1764000018000',
  up: `
    alter table deliveries
      add kind text not null default 'event',
      add message jsonb,
      alter event_id drop not null,
      alter change_id drop not null;
    update deliveries set
      kind = case
        when subject like '[%] assigned to you: %' then 'assignment'
        when subject like '[digest] %' then 'digest'
        when subject like '[silence over] %' or subject like '[no longer silenced] %' then 'summary'
        else 'event' end,
      -- the text as it was: greeting and signature are part of it
      message = jsonb_build_object('subject', subject, 'greeting', null, 'lead', body, 'event', null,
        'sections', jsonb_build_array(), 'actions', jsonb_build_array());
    alter table deliveries
      alter kind drop default,
      alter message set not null,
      drop subject,
      drop body;
  `,
  down: `
    delete from deliveries where event_id is null or change_id is null;
    alter table deliveries add subject text, add body text;
    update deliveries set subject = message ->> 'subject', body = message ->> 'lead';
    alter table deliveries
      alter subject set not null,
      alter body set not null,
      alter event_id set not null,
      alter change_id set not null,
      drop message,
      drop kind;
  `,
});
