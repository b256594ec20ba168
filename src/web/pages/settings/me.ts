/** What a person sets for themselves: time zone, colours, password. */
import { listMutes } from '../../../accounts/mutes.ts';
import { changeOwnPassword } from '../../../accounts/users.ts';
import { Invalid } from '../../../kernel/errors.ts';
import { listTimeZones } from '../../../kernel/calendar.ts';
import { textField } from '../../forms.ts';
import { page } from '../../page.ts';
import { presentForm, presentOptions } from '../../presenters/form.ts';
import { presentTime } from '../../presenters/time.ts';
import { settingsTabs } from './tabs.ts';

const PATH = '/settings/me';

export const mePages = [
  page({
    path: PATH,
    permission: 'read',
    load: async ({ tx, user, role, tenant, flash, now, timeZone }) => {
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
];
