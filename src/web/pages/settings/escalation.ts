/** Escalation policies: whom to tell when nobody takes an event, in words and as a form. */
import { may } from '../../../accounts/role.ts';
import { listOrgs } from '../../../events/orgs.ts';
import { listPolicies } from '../../../outbound/escalation/policies.ts';
import { loadTargets } from '../../../outbound/escalation/targets.ts';
import { editorPages, findOpened, type Opened } from '../../editor-pages.ts';
import { loadPolicyForm } from '../../policy-form.ts';
import type { PageScope, View } from '../../page.ts';
import { presentPolicyRow } from '../../presenters/policy.ts';
import { settingsTabs } from './tabs.ts';

const PATH = '/settings/escalation';

export const escalationPages = editorPages({ path: PATH, read: 'read', edit: 'work', show });

async function show(scope: PageScope, opened: Opened): Promise<View> {
  const { tx, tenant, role, now, timeZone } = scope;
  const policies = await listPolicies(tx, tenant.id);
  const edited = findOpened(policies, opened, 'escalation policy');
  const targets = await loadTargets(tx, tenant.id);
  return {
    view: 'settings/escalation',
    title: edited ? edited.name : 'Escalation',
    data: {
      tabs: settingsTabs(role, PATH),
      mayWork: may(role, 'work'),
      policies: policies.map((one) => presentPolicyRow(one, targets, now, timeZone)),
      editor: opened === null ? null : loadPolicyForm(scope, edited, targets),
      orgs: await listOrgs(tx, tenant.id),
    },
  };
}
