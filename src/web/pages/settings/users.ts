/** The people of the tenant: who they are, what they may do. The last admin stays one. */
import { may, ROLES } from '../../../accounts/role.ts';
import { listGroups } from '../../../accounts/groups.ts';
import { listMembers, type Member } from '../../../accounts/users.ts';
import { editorPages, findOpened, type Opened } from '../../editor-pages.ts';
import type { PageScope, View } from '../../page.ts';
import { capitalise } from '../../presenters/capitalise.ts';
import { presentForm, presentOptions } from '../../presenters/form.ts';
import { settingsTabs } from './tabs.ts';

const PATH = '/settings/users';

export const userPages = editorPages({ path: PATH, read: 'read', edit: 'administer', show });

async function show(scope: PageScope, opened: Opened): Promise<View> {
  const { tx, tenant, role, user } = scope;
  const members = await listMembers(tx, tenant.id);
  const groups = await listGroups(tx, tenant.id);
  const member = findOpened(members, opened, 'user');
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
      editor: opened === null ? null : presentEditor(scope, member),
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
