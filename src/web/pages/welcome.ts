/** The first run after set-up: let mail in, by the SMTP door or from a mailbox, and see the first event appear. */
import { may } from '../../accounts/role.ts';
import { listHeldSubscriptions } from '../../accounts/subscriptions.ts';
import { listAddresses } from '../../accounts/tenants.ts';
import { countEvents, listEvents, NOBODY } from '../../events/list.ts';
import { listMailboxes } from '../../inbound/imap/mailboxes.ts';
import { page, type PageScope } from '../page.ts';
import { presentEventRow } from '../presenters/event.ts';
import { presentMailbox } from '../presenters/mailbox.ts';
import { presentNumber } from '../presenters/number.ts';
import { presentSendCommands } from '../presenters/send-commands.ts';

const SHOWN = 3;

export const welcomePage = page({
  path: '/welcome',
  permission: 'read',
  load: async (scope, request) => {
    const { tx, tenant, role, now, timeZone } = scope;
    const everything = { interest: 'all' } as const;
    const { items } = await listEvents(tx, tenant.id, everything, NOBODY, { limit: SHOWN }, now);
    const count = await countEvents(tx, tenant.id, everything, NOBODY, now);
    const mailboxes = await listMailboxes(tx, tenant.id);
    return {
      view: 'welcome',
      title: items.length > 0 ? 'The first event is here' : 'Let mail in',
      data: {
        mayAdminister: may(role, 'administer'),
        hasEvents: items.length > 0,
        events: items.map((event) => presentEventRow(event, now, timeZone)),
        count: presentNumber(count),
        more: count > items.length,
        mailboxes: mailboxes.map((mailbox) => presentMailbox(mailbox, now, timeZone)),
        slug: tenant.slug,
        told: await presentTold(scope),
        door: await presentDoor(scope, request.hostname),
      },
    };
  },
});

/** Whether anybody hears of what comes in, and how. */
async function presentTold({ tx, tenant, user, services }: PageScope) {
  const responding = (await listHeldSubscriptions(tx, tenant.id)).filter(
    ({ level }) => level === 'responder',
  );
  return {
    isMe: responding.some(({ users }) => users.includes(user.id)),
    isAnybody: responding.length > 0,
    email: user.email,
    hasMailServer: services.mail !== null,
  };
}

/** The door on the host by which this person reaches the pages: it is the one name that surely works for them. */
async function presentDoor({ tx, tenant, services }: PageScope, host: string) {
  const port = services.smtpPort();
  const [to] = await listAddresses(tx, tenant.id);
  if (port === null || to === undefined) return null;
  return { to, host, port, ...presentSendCommands({ host, port, to, slug: tenant.slug }) };
}
