/** Bearer tokens for scripts. A token's text is shown once, right after it was made. */
import { ROLES } from '../../../accounts/role.ts';
import { listTokens } from '../../../accounts/tokens.ts';
import { newToken } from '../../api/people.ts';
import { shownAnswer } from '../../forms.ts';
import { page } from '../../page.ts';
import { capitalise } from '../../presenters/capitalise.ts';
import { presentForm, presentOptions } from '../../presenters/form.ts';
import { presentTime } from '../../presenters/time.ts';
import { settingsTabs } from './tabs.ts';

const PATH = '/settings/tokens';

export const tokensPage = page({
  path: PATH,
  permission: 'administer',
  load: async (scope) => {
    const { tx, tenant, role, now, timeZone, flash } = scope;
    const tokens = await listTokens(tx, tenant.id);
    const form = presentForm(flash, 'token', { name: '', role: 'engineer' });
    const made = shownAnswer(scope, newToken.pick({ name: true, token: true }));
    return {
      view: 'settings/tokens',
      title: 'Tokens',
      data: {
        tabs: settingsTabs(role, PATH),
        form,
        roles: presentOptions(
          ROLES.map((one) => [one, capitalise(one)] as const),
          form.role.value,
        ),
        made,
        tokens: tokens.map((token) => ({
          id: token.id,
          action: `/tokens/${token.id}`,
          name: token.name,
          role: capitalise(token.role),
          created: presentTime(token.createdAt, now, timeZone),
          lastUsed: presentTime(token.lastUsedAt, now, timeZone),
        })),
      },
    };
  },
});
