/** Rotas: who is on call now and next, the shifts of two weeks, and who steps in for whom. */
import { may } from '../../../accounts/role.ts';
import { formatLocal, listTimeZones } from '../../../kernel/calendar.ts';
import { DAY, later } from '../../../kernel/clock.ts';
import { NotFound } from '../../../kernel/errors.ts';
import { isUuid } from '../../../kernel/ids.ts';
import { listPolicies } from '../../../outbound/escalation/policies.ts';
import { tells } from '../../../outbound/escalation/policy.ts';
import type { Rota } from '../../../outbound/rota/rota.ts';
import { getRota, listRotas } from '../../../outbound/rota/store.ts';
import { listPeople, showRota, showShifts } from '../../api/rotas.ts';
import { page, type PageScope, type View } from '../../page.ts';
import { presentForm, presentOptions } from '../../presenters/form.ts';
import { presentOverride, presentRotaRow, presentShift } from '../../presenters/rota.ts';
import { linkToPolicy } from '../../presenters/policy.ts';
import { settingsTabs } from './tabs.ts';

const PATH = '/settings/rotas';
const SHOWN_DAYS = 14;

export const rotaPages = [
  page({ path: PATH, permission: 'read', load: async (scope) => showAll(scope) }),
  page({
    path: `${PATH}/new`,
    permission: 'work',
    load: async (scope) => ({
      view: 'settings/rota',
      title: 'New rota',
      data: {
        tabs: settingsTabs(scope.role, PATH),
        heading: 'New rota',
        row: null,
        editor: await loadEditor(scope, null),
      },
    }),
  }),
  page({
    path: `${PATH}/:id`,
    permission: 'read',
    load: async (scope, request) => showOne(scope, String(request.params['id'])),
  }),
];

async function showAll(scope: PageScope): Promise<View> {
  const { tx, tenant, role, now, timeZone } = scope;
  const people = await listPeople(scope);
  const rotas = await listRotas(tx, tenant.id);
  return {
    view: 'settings/rotas',
    title: 'Rotas',
    data: {
      tabs: settingsTabs(role, PATH),
      mayWork: may(role, 'work'),
      rotas: rotas.map((rota) => presentRotaRow(rota, showRota(rota, people, now), people, now, timeZone)),
    },
  };
}

async function showOne(scope: PageScope, id: string): Promise<View> {
  const { tx, tenant, now, role, timeZone } = scope;
  if (!isUuid(id)) throw new NotFound('rota');
  const rota = await getRota(tx, tenant.id, id);
  const people = await listPeople(scope);
  const shown = showRota(rota, people, now);
  const shifts = showShifts(rota, people, now, later(now, SHOWN_DAYS * DAY));
  return {
    view: 'settings/rota',
    title: rota.name,
    data: {
      tabs: settingsTabs(role, PATH),
      heading: rota.name,
      row: presentRotaRow(rota, shown, people, now, timeZone),
      shifts: shifts.map((shift) => presentShift(shift, now, timeZone)),
      escalations: (await listPolicies(tx, tenant.id))
        .filter((policy) => tells(policy, 'rota', id))
        .map(({ id: policy, name }) => ({ href: linkToPolicy(role, policy), name })),
      overrides: shown.overrides.map((one) => presentOverride(one, timeZone)),
      mayWork: may(role, 'work'),
      timeZone,
      override: may(role, 'work') ? await loadOverrideForm(scope, rota) : null,
      editor: may(role, 'work') ? await loadEditor(scope, rota) : null,
    },
  };
}

/** Room for more people than there are, without a script. */
const EMPTY_PLACES = 2;

async function loadEditor(scope: PageScope, rota: Rota | null) {
  const { flash, tenant, now } = scope;
  const form = presentForm(flash, 'rota', {
    name: rota?.name ?? '',
    every: rota?.every ?? 1,
    unit: rota?.unit ?? 'week',
    startsOn: rota?.startsOn ?? formatLocal(now, tenant.timeZone, 'yyyy-LL-dd'),
    handOverAt: rota?.handOverAt ?? '09:00',
    timeZone: rota?.timeZone ?? tenant.timeZone,
    people: '',
  });
  const typed = form.isRefused ? flash?.values['people'] : null;
  const chosen = Array.isArray(typed)
    ? typed.filter((one): one is string => typeof one === 'string')
    : (rota?.places.filter((place) => place !== null) ?? []);
  const people = [...(await listPeople(scope)).values()];
  const options = people.map(({ id, name, email }) => [id, `${name} · ${email}`] as const);
  const places = [
    ...chosen.filter(Boolean),
    ...Array<string>(rota ? EMPTY_PLACES : EMPTY_PLACES + 1).fill(''),
  ];
  return {
    form,
    isNew: rota === null,
    action: rota ? `/rotas/${rota.id}` : '/rotas',
    page: rota ? `${PATH}/${rota.id}` : `${PATH}/new`,
    units: presentOptions(
      [
        ['week', 'weeks'],
        ['day', 'days'],
      ],
      form.unit.value,
    ),
    places: places.map((id, index) => ({
      number: index + 1,
      options: presentOptions([['', '—'] as const, ...options], id),
    })),
    timeZones: listTimeZones(),
  };
}

async function loadOverrideForm(scope: PageScope, rota: Rota) {
  const form = presentForm(scope.flash, 'override', {
    user: scope.user.id,
    insteadOf: '',
    from: '',
    to: '',
  });
  const people = await listPeople(scope);
  const option = (id: string) => [id, people.get(id)?.name ?? ''] as const;
  const own = [...new Set(rota.places.filter((place) => place !== null))];
  return {
    form,
    action: `/rotas/${rota.id}/overrides`,
    people: presentOptions([...people.keys()].map(option), form.user.value),
    others: presentOptions([['', 'whoever has the turn'], ...own.map(option)], form.insteadOf.value),
    timeZone: rota.timeZone,
  };
}
