/** The people of the tenant: who they are, what they may do. The last admin stays one. */
import { may, ROLES } from '../../../accounts/role.ts';
import { listGroups } from '../../../accounts/groups.ts';
import { listMembers, type Member } from '../../../accounts/users.ts';
import { NotFound } from '../../../kernel/errors.ts';
import { page, type PageScope, type View } from '../../page.ts';
import { capitalise } from '../../presenters/capitalise.ts';
import { presentForm, presentOptions } from '../../presenters/form.ts';
import { settingsTabs } from './tabs.ts';

const PATH = '/settings/users';

export const userPages = [
  page({ path: PATH, permission: 'read', load: async (scope) => show(scope, null) }),
  page({ path: `${PATH}/new`, permission: 'administer', load: async (scope) => show(scope, 'new') }),
  page({
    path: `${PATH}/:id`,
    permission: 'administer',
    load: async (scope, request) => show(scope, String(request.params['id'])),
  }),
];

async function show(scope: PageScope, opened: string | null): Promise<View> {
  const { tx, tenant, role, user } = scope;
  const members = await listMembers(tx, tenant.id);
  const groups = await listGroups(tx, tenant.id);
  const member = members.find(({ id }) => id === opened);
  if (opened !== null && opened !== 'new' && !member) throw new NotFound('user');
  const names = (id: string): string =>
    groups
      .filter(({ users, personalUserId }) => personalUserId === null && users.some((one) => one === id))
      .map(({ name }) => name)
      .join(', ');
  return {
    view: 'settings/users',
    title: 'Users',
    data: {
      tabs: settingsTabs(role, PATH),
      mayAdminister: may(role, 'administer'),
      members: members.map((one) => ({
        ...one,
        href: `${PATH}/${one.id}`,
        initial: one.name[0]?.toUpperCase() ?? '?',
        role: capitalise(one.role),
        isMe: one.id === user.id,
        isCurrent: one.id === opened,
        groups: names(one.id),
      })),
      editor: opened === null ? null : presentEditor(scope, member ?? null),
    },
  };
}

function presentEditor({ flash, user }: PageScope, member: Member | null) {
  const form = presentForm(flash, 'user', {
    email: member?.email ?? '',
    name: member?.name ?? '',
    role: member?.role ?? 'engineer',
    password: '',
  });
  return {
    form,
    isNew: member === null,
    isMe: member?.id === user.id,
    heading: member ? member.name : 'New user',
    action: member ? `/users/${member.id}` : '/users',
    roles: presentOptions(
      ROLES.map((one) => [one, ROLE_WORDS[one]] as const),
      form.role.value,
    ),
  };
}

const ROLE_WORDS = {
  admin: 'Admin: everything',
  engineer: 'Engineer: events, rules, schedules, subscriptions',
  manager: 'Manager: reads everything, changes nothing',
};
