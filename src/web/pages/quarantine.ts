/** Mails that could not be read: why, whose, and how to try them again. Their source is downloaded, never shown. */
import { may } from '../../accounts/role.ts';
import { countQuarantine, getQuarantinedMail, getRawMail, listQuarantine } from '../../inbound/mails.ts';
import { listQuarantineReasons, readHeads } from '../../inbound/quarantine.ts';
import { NotFound } from '../../kernel/errors.ts';
import { isUuid } from '../../kernel/ids.ts';
import { RawAnswer } from '../operation.ts';
import { page } from '../page.ts';
import { presentNumber, presentSize } from '../presenters/number.ts';
import { presentTime } from '../presenters/time.ts';
import { settingsTabs } from './settings/tabs.ts';

const PATH = '/quarantine';
const PAGE_SIZE = 50;

const quarantinePage = page({
  path: PATH,
  permission: 'read',
  load: async ({ tx, tenant, role, now, timeZone }, request) => {
    const { after } = request.query;
    const found = await listQuarantine(tx, tenant.id, {
      limit: PAGE_SIZE + 1,
      after: typeof after === 'string' && isUuid(after) ? after : undefined,
    });
    const mails = found.slice(0, PAGE_SIZE);
    const heads = await readHeads(
      tx,
      tenant.id,
      mails.map(({ id }) => id),
    );
    const total = await countQuarantine(tx, tenant.id);
    const last = mails.at(-1);
    return {
      view: 'quarantine',
      title: 'Quarantine',
      data: {
        tabs: settingsTabs(role, PATH),
        mayWork: may(role, 'work'),
        total: presentNumber(total),
        reasons: (await listQuarantineReasons(tx, tenant.id)).map(({ reason, count }) => ({
          reason,
          count: presentNumber(count),
          isOne: count === 1,
        })),
        mails: mails.map((mail) => ({
          id: mail.id,
          from: heads.get(mail.id)?.from ?? null,
          subject: heads.get(mail.id)?.subject ?? null,
          reason: mail.reason,
          received: presentTime(mail.receivedAt, now, timeZone),
          size: presentSize(mail.size),
          door: mail.door.toUpperCase(),
          rawHref: `${PATH}/${mail.id}/raw`,
        })),
        next: found.length > PAGE_SIZE && last ? `${PATH}?after=${last.id}` : null,
        first: after ? PATH : null,
      },
    };
  },
});

const rawPage = page({
  path: `${PATH}/:id/raw`,
  permission: 'read',
  load: async ({ tx, tenant }, request) => {
    const id = String(request.params['id']);
    if (!isUuid(id)) throw new NotFound('mail in quarantine');
    const mail = await getQuarantinedMail(tx, tenant.id, id);
    return new RawAnswer('message/rfc822', await getRawMail(tx, tenant.id, mail.id), `${mail.id}.eml`);
  },
});

export const quarantinePages = [quarantinePage, rawPage];
