/** What concerns the person alone: colour scheme, time zone, and the tenant they look at. */
import { changePreferences } from '../../accounts/users.ts';
import { Invalid } from '../../kernel/errors.ts';
import { fieldsOf } from '../fields.ts';
import { whereFrom } from '../forms.ts';
import { page } from '../page.ts';

const THEMES = ['auto', 'light', 'dark'] as const;

export const personPages = [
  page({
    method: 'post',
    path: '/preferences',
    permission: 'read',
    load: async ({ tx, user }, request) => {
      const { theme, timeZone } = fieldsOf(request);
      const chosen = THEMES.find((one) => one === theme);
      if (theme !== undefined && !chosen)
        throw new Invalid([{ field: 'theme', message: 'Use auto, light or dark.' }]);
      await changePreferences(tx, user.id, {
        theme: chosen,
        timeZone: typeof timeZone === 'string' ? timeZone.trim() || null : undefined,
      });
      return { redirect: whereFrom(request) };
    },
  }),
  page({
    method: 'post',
    path: '/tenant-choice',
    permission: 'read',
    load: async ({ memberships }, request) => {
      const chosen = memberships.find(({ tenantId }) => tenantId === fieldsOf(request)['tenant']);
      if (!chosen) throw new Invalid([{ field: 'tenant', message: 'You do not belong to this tenant.' }]);
      request.session.tenantId = chosen.tenantId;
      return Promise.resolve({ redirect: '/' });
    },
  }),
];
