/** Silences and maintenance windows: which are on, coming or past, what each hid, and the form that makes one. */
import { may } from '../../../accounts/role.ts';
import { listOrgs } from '../../../events/orgs.ts';
import { NotFound } from '../../../kernel/errors.ts';
import { isUuid } from '../../../kernel/ids.ts';
import { listHidden } from '../../../silences/hidden.ts';
import { getSilence, listSilences } from '../../../silences/store.ts';
import { presentSilences } from '../../api/silences.ts';
import { page, type PageScope, type View } from '../../page.ts';
import { presentHidden, presentSilenceRow } from '../../presenters/silence.ts';
import { loadSilenceForm } from '../../silence-form.ts';
import { settingsTabs } from './tabs.ts';

const PATH = '/settings/silences';

export const silencePages = [
  page({ path: PATH, permission: 'read', load: async (scope) => showAll(scope) }),
  page({
    path: `${PATH}/new`,
    permission: 'work',
    load: async (scope, request) => ({
      view: 'settings/silence',
      title: 'New silence',
      data: {
        tabs: settingsTabs(scope.role, PATH),
        heading: 'New silence',
        row: null,
        hidden: [],
        editor: await loadSilenceForm(scope, null, request.query),
        orgs: await listOrgs(scope.tx, scope.tenant.id),
      },
    }),
  }),
  page({
    path: `${PATH}/:id`,
    permission: 'read',
    load: async (scope, request) => showOne(scope, String(request.params['id']), request.query),
  }),
];

async function showAll(scope: PageScope): Promise<View> {
  const { tx, tenant, role, timeZone } = scope;
  const silences = await presentSilences(scope, await listSilences(tx, tenant.id), timeZone);
  const rows = silences.map((one) => presentSilenceRow(one, scope.now, timeZone));
  const parts = PARTS.map(({ state, heading }) => ({
    state,
    heading,
    isActive: state === 'active',
    rows: rows.filter((row) => row.state === state),
  }));
  return {
    view: 'settings/silences',
    title: 'Silences',
    data: {
      tabs: settingsTabs(role, PATH),
      mayWork: may(role, 'work'),
      parts: parts.filter((part) => part.rows.length > 0),
    },
  };
}

const PARTS = [
  { state: 'active', heading: 'On now' },
  { state: 'coming', heading: 'Coming' },
  { state: 'past', heading: 'Past' },
] as const;

async function showOne(scope: PageScope, id: string, query: Record<string, unknown>): Promise<View> {
  const { tx, tenant, now, role, timeZone } = scope;
  if (!isUuid(id)) throw new NotFound('silence');
  const silence = await getSilence(tx, tenant.id, id);
  const [shown] = await presentSilences(scope, [silence], timeZone);
  const hidden = await listHidden(tx, tenant.id, id);
  return {
    view: 'settings/silence',
    title: silence.reason,
    data: {
      tabs: settingsTabs(role, PATH),
      heading: silence.reason,
      row: shown ? presentSilenceRow(shown, now, timeZone) : null,
      hidden: hidden.map((event) => presentHidden(event, now, timeZone)),
      editor: may(role, 'work') ? await loadSilenceForm(scope, silence, query) : null,
      orgs: await listOrgs(tx, tenant.id),
    },
  };
}
