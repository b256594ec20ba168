/** Groups that people share; subscriptions belong to them. Everybody's own group goes with its person. */
import { listGroups, type Group } from '../../../accounts/groups.ts';
import { listMutes } from '../../../accounts/mutes.ts';
import { may } from '../../../accounts/role.ts';
import { listSubscriptions } from '../../../accounts/subscriptions.ts';
import { listMembers, type Member } from '../../../accounts/users.ts';
import { listPolicies } from '../../../outbound/escalation/policies.ts';
import { tells } from '../../../outbound/escalation/policy.ts';
import { editorPages, findOpened, type Opened } from '../../editor-pages.ts';
import type { PageScope, View } from '../../page.ts';
import { presentForm } from '../../presenters/form.ts';
import { linkToPolicy } from '../../presenters/policy.ts';
import { settingsTabs } from './tabs.ts';

const PATH = '/settings/groups';

export const groupPages = editorPages({ path: PATH, read: 'read', edit: 'work', show });

async function show(scope: PageScope, opened: Opened): Promise<View> {
  const { tx, tenant, role } = scope;
  const groups = (await listGroups(tx, tenant.id)).filter(({ personalUserId }) => personalUserId === null);
  const members = await listMembers(tx, tenant.id);
  const subscriptions = await listSubscriptions(tx, tenant.id);
  const mutes = await listMutes(tx, tenant.id);
  const policies = await listPolicies(tx, tenant.id);
  const group = findOpened(groups, opened, 'group');
  return {
    view: 'settings/groups',
    title: 'Groups',
    data: {
      tabs: settingsTabs(role, PATH),
      mayWork: may(role, 'work'),
      groups: groups.map((one) => ({
        id: one.id,
        name: one.name,
        href: `${PATH}/${one.id}`,
        isCurrent: one.id === opened,
        people: members
          .filter(({ id }) => one.users.includes(id))
          .map(({ name }) => name)
          .join(', '),
        patterns: subscriptions.filter((each) => each.group === one.id).map(({ pattern }) => pattern),
        escalations: policies
          .filter((policy) => tells(policy, 'group', one.id))
          .map(({ id, name }) => ({ href: linkToPolicy(role, id), name })),
        muted: mutes
          .filter((each) => each.group === one.id)
          .map(({ userName, pattern }) => `${userName} is not told of ${pattern}`),
      })),
      editor: opened === null ? null : presentEditor(scope, group, members),
    },
  };
}

function presentEditor({ flash }: PageScope, group: Group | null, members: readonly Member[]) {
  const form = presentForm(flash, 'group', { name: group?.name ?? '' });
  const ticked = form.isRefused ? flash?.values['users'] : group?.users;
  return {
    form,
    isNew: group === null,
    heading: group ? group.name : 'New group',
    action: group ? `/groups/${group.id}` : '/groups',
    people: members.map(({ id, name, email }) => ({
      id,
      name,
      email,
      isIn: Array.isArray(ticked) && ticked.includes(id),
    })),
  };
}
