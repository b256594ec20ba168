/** Escalation policies: whom to tell when nobody takes an event, in words and as a form. */
import { may } from '../../../accounts/role.ts';
import { listOrgs } from '../../../events/orgs.ts';
import { NotFound } from '../../../kernel/errors.ts';
import { isUuid } from '../../../kernel/ids.ts';
import { getPolicy, listPolicies } from '../../../outbound/escalation/policies.ts';
import { loadTargets } from '../../../outbound/escalation/targets.ts';
import { loadPolicyForm } from '../../policy-form.ts';
import { page, type PageScope, type View } from '../../page.ts';
import { presentPolicyRow } from '../../presenters/policy.ts';
import { settingsTabs } from './tabs.ts';

const PATH = '/settings/escalation';

export const escalationPages = [
  page({ path: PATH, permission: 'read', load: async (scope) => show(scope, null) }),
  page({ path: `${PATH}/new`, permission: 'work', load: async (scope) => show(scope, 'new') }),
  page({
    path: `${PATH}/:id`,
    permission: 'work',
    load: async (scope, request) => show(scope, String(request.params['id'])),
  }),
];

async function show(scope: PageScope, opened: string | null): Promise<View> {
  const { tx, tenant, role, now, timeZone } = scope;
  if (opened !== null && opened !== 'new' && !isUuid(opened)) throw new NotFound('escalation policy');
  const edited = opened !== null && opened !== 'new' ? await getPolicy(tx, tenant.id, opened) : null;
  const policies = await listPolicies(tx, tenant.id);
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
