/** The frame around every page: tenants, person, rail with its counts, intake light. */
import { countEvents, NOBODY } from '../events/list.ts';
import { countOpen } from '../events/counts.ts';
import { secondsBehind, staleDoors } from '../watchdog/blind.ts';
import type { Assets } from './assets.ts';
import type { PageScope } from './page.ts';
import { capitalise } from './presenters/capitalise.ts';
import { presentNumber } from './presenters/number.ts';
import { presentSpan } from './presenters/time.ts';

const RAIL = [
  { href: '/', label: 'Dashboard', icon: 'dashboard' },
  { href: '/events', label: 'Events', icon: 'events' },
  { href: '/unclassified', label: 'Unclassified', icon: 'inbox' },
  { href: '/schedules', label: 'Schedules', icon: 'schedule' },
  { href: '/reports', label: 'Reports', icon: 'report' },
  { href: '/rules', label: 'Rules', icon: 'rule' },
  { href: '/subscriptions', label: 'Subscriptions', icon: 'subscription' },
  { href: '/settings', label: 'Settings', icon: 'settings' },
] as const;

/** The phone's bottom bar has room for four; the rest is behind "More". */
const IN_BOTTOM_BAR = 4;

export async function buildShell(scope: PageScope, title: string, path: string, assets: Assets) {
  const { tx, tenant, now, user, memberships, role, timeZone } = scope;
  const open = await countOpen(tx, tenant.id, now);
  const unclassified = await countEvents(
    tx,
    tenant.id,
    { state: 'open', interest: 'unclassified' },
    NOBODY,
    now,
  );
  const unassignedCriticals = open.find(({ severity }) => severity === 'critical')?.unassigned ?? 0;
  const total = open.reduce((sum, { assigned, unassigned }) => sum + assigned + unassigned, 0);
  const counts: Record<string, number> = { '/events': total, '/unclassified': unclassified };
  const rail = RAIL.map((entry) => ({
    ...entry,
    count: counts[entry.href] ? presentNumber(counts[entry.href] ?? 0) : null,
    isCurrent: entry.href === '/' ? path === '/' : path === entry.href || path.startsWith(`${entry.href}/`),
  }));
  return {
    title: unassignedCriticals > 0 ? `(${unassignedCriticals}) ${title}` : title,
    icon: unassignedCriticals > 0 ? `/assets/icon-${unassignedCriticals}.svg` : '/assets/icon.svg',
    styleSheet: assets.styleSheet,
    script: assets.script,
    theme: user.theme === 'auto' ? null : user.theme,
    themes: (['auto', 'light', 'dark'] as const).map((name) => ({
      name,
      word: capitalise(name),
      icon: { auto: 'auto', light: 'sun', dark: 'moon' }[name],
      isChosen: user.theme === name,
    })),
    path,
    tenant: { id: tenant.id, name: tenant.name },
    tenants: memberships.map(({ tenantId, tenantName }) => ({
      id: tenantId,
      name: tenantName,
      isCurrent: tenantId === tenant.id,
    })),
    person: { name: user.name, initial: user.name[0]?.toUpperCase() ?? '?', role, timeZone },
    rail,
    more: rail.slice(IN_BOTTOM_BAR),
    light: await buildLight(scope),
  };
}

/** "mail is 2 s behind", red with a reason when a door is not read. */
async function buildLight({ tx, tenant, now, services }: PageScope) {
  const doors = await services.doorsOf(tx, tenant);
  const stale = staleDoors(doors, now, new Date(0));
  const [first] = stale;
  if (first) {
    return {
      isBad: true,
      head: `${stale.length} of ${doors.length} doors `,
      word: 'blind',
      tail: first.error ? `: ${first.error}` : '',
      title: stale.map(({ name, error }) => `${name}: ${error ?? 'no answer'}`).join(' · '),
    };
  }
  const behind = secondsBehind(doors, now);
  if (behind === null) {
    return {
      isBad: true,
      head: '',
      word: 'no door',
      tail: ' open',
      title: 'Connect a mailbox, or open the SMTP door.',
    };
  }
  return {
    isBad: false,
    head: 'mail is ',
    word: presentSpan(behind * 1000),
    tail: ' behind',
    title: `${doors.length} of ${doors.length} doors read`,
  };
}
