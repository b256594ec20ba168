/** What a person sets for themselves: time zone, colours, password. */
import { changeOwnPassword } from '../../../accounts/users.ts';
import { Invalid } from '../../../kernel/errors.ts';
import { listTimeZones } from '../../../kernel/calendar.ts';
import { textField } from '../../forms.ts';
import { page } from '../../page.ts';
import { presentForm, presentOptions } from '../../presenters/form.ts';
import { settingsTabs } from './tabs.ts';

const PATH = '/settings/me';

export const mePages = [
  page({
    path: PATH,
    permission: 'read',
    load: async ({ user, role, tenant, flash }) => {
      const form = presentForm(flash, 'me', { timeZone: user.timeZone ?? '', theme: user.theme });
      return Promise.resolve({
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
        },
      });
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
