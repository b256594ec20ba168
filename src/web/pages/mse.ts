/** One mail: what came, how it was read, and where it went. Its HTML and its source are documents of their own. */
import { may } from '../../accounts/role.ts';
import { findListedEvent, NOBODY } from '../../events/list.ts';
import { listOrgs } from '../../events/orgs.ts';
import { findJoined, summariseSignals } from '../../events/signals.ts';
import { getMailOrigin, getRawMail } from '../../inbound/mails.ts';
import { showMail } from '../../inbound/parse/read-mail.ts';
import { NotFound } from '../../kernel/errors.ts';
import { isUuid } from '../../kernel/ids.ts';
import { carriesTokens, getMailText, getMse } from '../../triage/list-mses.ts';
import { readTemplate } from '../../triage/templates/store.ts';
import type { Request } from 'express';
import { readSource } from '../api/mses.ts';
import { RawAnswer } from '../operation.ts';
import { page } from '../page.ts';
import { presentEventRow } from '../presenters/event.ts';
import { MAIL_VIEWS, presentMailCard, type MailView } from '../presenters/mail-card.ts';
import { presentMailFrame } from '../presenters/mail-frame.ts';
import { presentSeverity } from '../presenters/severity.ts';
import { presentSignals } from '../presenters/signals.ts';
import { presentTemplate } from '../presenters/template.ts';

const MOST_SIGNALS = 10;

export const msePages = [
  page({
    path: '/mses/:id',
    permission: 'read',
    load: async ({ tx, tenant, now, timeZone, flash, role }, request) => {
      const mse = await getMse(tx, tenant.id, mailId(request));
      const opened = {
        mse,
        origin: await getMailOrigin(tx, tenant.id, mse.id),
        raw: await getRawMail(tx, tenant.id, mse.id),
        text: await getMailText(tx, tenant.id, mse.id),
        joined: mse.eventId ? await findJoined(tx, tenant.id, mse.eventId, mse.signalKey) : null,
      };
      const template = mse.templateId ? await readTemplate(tx, tenant.id, mse.templateId) : null;
      const { reply } = mse.findings;
      const eventId = mse.eventId ?? reply?.eventId;
      const event = eventId ? await findListedEvent(tx, tenant.id, eventId, NOBODY, now) : undefined;
      const signals = mse.eventId ? await summariseSignals(tx, tenant.id, mse.eventId, MOST_SIGNALS) : null;
      const mayWork = role !== 'manager';
      const hidesSource = carriesTokens(mse) && !may(role, 'administer');
      return {
        view: 'mse',
        title: mse.subject || 'Mail',
        data: {
          card: presentMailCard(opened, {
            view: hidesSource ? 'text' : viewOf(request),
            flash,
            now,
            timeZone,
            mayWork,
            hidesSource,
          }),
          severity: presentSeverity(mse.severity),
          event: event ? presentEventRow(event, now, timeZone) : null,
          signal: mse.findings.signal ?? null,
          template: template && presentTemplate(template, mse.subject, opened.text),
          reply: reply ?? null,
          signals: signals && presentSignals(signals, now, timeZone),
          orgs: await listOrgs(tx, tenant.id),
        },
      };
    },
  }),
  page({
    path: '/mses/:id/html',
    permission: 'read',
    load: async (scope, request) => {
      const { html } = await showMail(await readSource(scope, mailId(request)));
      return presentMailFrame(html);
    },
  }),
  page({
    path: '/mses/:id/raw',
    permission: 'read',
    load: async (scope, request) => {
      const id = mailId(request);
      return new RawAnswer('message/rfc822', await readSource(scope, id), `${id}.eml`);
    },
  }),
];

/** @throws NotFound */
function mailId(request: Request): string {
  const id = request.params['id'];
  if (typeof id !== 'string' || !isUuid(id)) throw new NotFound('mail');
  return id;
}

function viewOf({ query }: Request): MailView {
  return MAIL_VIEWS.find((view) => view === query['view']) ?? 'text';
}
