/** What a person sets for themselves: time zone, colours, password. */
import { listMutes } from '../../../accounts/mutes.ts';
import { changeOwnPassword, getNoticeWishes } from '../../../accounts/users.ts';
import { DAY, later } from '../../../kernel/clock.ts';
import { Invalid } from '../../../kernel/errors.ts';
import { listTimeZones } from '../../../kernel/calendar.ts';
import { listReportMails } from '../../../reports/mails/report-mails.ts';
import { listChannels } from '../../../outbound/channels/channels.ts';
import { listRotas } from '../../../outbound/rota/store.ts';
import { listPeople, showShifts } from '../../api/rotas.ts';
import { textField } from '../../fields.ts';
import { page, type PageScope } from '../../page.ts';
import { listKinds, OF_PERSON, presentChannelRow } from '../../presenters/channel.ts';
import { presentForm, presentOptions } from '../../presenters/form.ts';
import { presentReportMails } from '../../presenters/report-mails.ts';
import { presentShift } from '../../presenters/rota.ts';
import { presentTime } from '../../presenters/time.ts';
import { channelPage, newChannelPage, type EditorOptions } from './channel-editor.ts';
import { settingsTabs } from './tabs.ts';

const PATH = '/settings/me';

export const mePages = [
  page({
    path: PATH,
    permission: 'read',
    load: async (scope) => {
      const { tx, user, role, tenant, flash, now, timeZone } = scope;
      const mutes = await listMutes(tx, tenant.id, user.id);
      const form = presentForm(flash, 'me', { timeZone: user.timeZone ?? '', theme: user.theme });
      return {
        view: 'settings/me',
        title: 'Me',
        data: {
          tabs: settingsTabs(role, PATH),
          name: user.name,
          email: user.email,
          unreachableReason: user.unreachableReason,
          ...(await presentNotices(scope)),
          turns: await presentTurns(scope),
          tenantZone: tenant.timeZone,
          timeZones: listTimeZones(),
          form,
          themes: presentOptions(
            [
              ['auto', 'as the system'],
              ['light', 'light'],
              ['dark', 'dark'],
            ],
            form.theme.value,
          ),
          password: presentForm(flash, 'password', {
            currentPassword: '',
            newPassword: '',
            againPassword: '',
          }),
          mails: presentReportMails(await listReportMails(tx, tenant.id, user.id), now, timeZone),
          mutes: mutes.map(({ subscription, pattern, level, groupName, isOwn, mutedAt }) => ({
            action: `/subscriptions/${subscription}/mute`,
            pattern,
            by: `as ${level}, by ${isOwn ? 'your own subscription' : groupName}`,
            since: presentTime(mutedAt, now, timeZone),
          })),
        },
      };
    },
  }),
  page({
    method: 'post',
    path: `${PATH}/password`,
    permission: 'read',
    load: async ({ tx, user }, request) => {
      const wanted = textField(request, 'newPassword');
      if (wanted !== textField(request, 'againPassword')) {
        throw new Invalid([{ field: 'againPassword', message: 'The two are not the same.' }]);
      }
      await changeOwnPassword(tx, user, textField(request, 'currentPassword'), wanted);
      // Every session has ended with the old password; writing this one's brings it back.
      request.session.flash = {
        kind: 'ok',
        message: 'The password is changed; other browsers are signed out.',
        faults: [],
        values: {},
      };
      return { redirect: PATH };
    },
  }),
  page({
    path: `${OF_PERSON.page}/new`,
    permission: 'read',
    load: async (scope, request) =>
      Promise.resolve(newChannelPage(scope, request.query['kind'], editorOf(scope))),
  }),
  page({
    path: `${OF_PERSON.page}/:id`,
    permission: 'read',
    load: async (scope, request) => channelPage(scope, String(request.params['id']), editorOf(scope)),
  }),
];

function editorOf({ user }: PageScope): EditorOptions {
  return { place: OF_PERSON, tab: PATH, owner: user.id };
}

/** How notices reach the person: their own channels, and what still comes by mail. */
async function presentNotices({ tx, tenant, user, flash, now, timeZone, services }: PageScope) {
  const channels = await listChannels(tx, tenant.id, user.id);
  const { mailFloor, digestTimes } = await getNoticeWishes(tx, tenant.id, user.id);
  const form = presentForm(flash, 'notices', {
    mailFloor: mailFloor ?? '',
    digestTimes: digestTimes.join(' '),
  });
  return {
    channels: channels.map((one) => presentChannelRow(one, OF_PERSON, now, timeZone)),
    kinds: listKinds(OF_PERSON),
    hasMailServer: services.mail !== null,
    notices: form,
    mailFloors: presentOptions(
      [
        ['', 'for every notice'],
        ['warn', 'for warn and above'],
        ['critical', 'for criticals'],
        ['never', 'only where no channel of mine takes it'],
      ],
      form.mailFloor.value,
    ),
  };
}

/** Whoever looks further ahead looks at the rota. */
const LOOKS_AHEAD_MS = 60 * DAY;

/** When the person is on call now or next, by rota. */
async function presentTurns(scope: PageScope) {
  const { tx, tenant, user, now, timeZone } = scope;
  const people = await listPeople(scope);
  return (await listRotas(tx, tenant.id)).flatMap((rota) => {
    const shifts = showShifts(rota, people, now, later(now, LOOKS_AHEAD_MS));
    const own = shifts.find((shift) => shift.user?.id === user.id);
    return own
      ? [{ href: `/settings/rotas/${rota.id}`, rota: rota.name, ...presentShift(own, now, timeZone) }]
      : [];
  });
}
