/**
 * Who hears of what: the patterns of one's groups, with a tester for patterns and a dry run of "who would be told?".
 * The same pure functions answer here as when a notice goes out.
 */
import { listGroups, type Group } from '../../accounts/groups.ts';
import { listMutes } from '../../accounts/mutes.ts';
import { isOrgPattern, matchesOrg } from '../../accounts/org-pattern.ts';
import { may } from '../../accounts/role.ts';
import {
  interestIn,
  listHeldSubscriptions,
  listSubscriptions,
  type HeldSubscription,
  type Subscription,
} from '../../accounts/subscriptions.ts';
import { listMembers } from '../../accounts/users.ts';
import { listOrgs } from '../../events/orgs.ts';
import type { Severity } from '../../events/severity.ts';
import { listTimeZones } from '../../kernel/calendar.ts';
import { isUuid } from '../../kernel/ids.ts';
import { listChannels, type Channel } from '../../outbound/channels/channels.ts';
import { findAudience, findAudienceOf } from '../api/audience.ts';
import { getListedEvent } from '../api/events.ts';
import { page, type PageScope } from '../page.ts';
import { presentAudience } from '../presenters/audience.ts';
import { presentForm, presentOptions } from '../presenters/form.ts';
import { presentSeverity } from '../presenters/severity.ts';

const PATH = '/subscriptions';

export const subscriptionsPage = page({
  path: PATH,
  permission: 'read',
  load: async (scope, request) => {
    const { tx, tenant, user, role } = scope;
    const text = (name: string): string => {
      const value = request.query[name];
      return typeof value === 'string' ? value.trim() : '';
    };
    const orgs = await listOrgs(tx, tenant.id);
    const groups = await listGroups(tx, tenant.id);
    const subscriptions = await listSubscriptions(tx, tenant.id);
    const held = await listHeldSubscriptions(tx, tenant.id);
    const channels = await listChannels(tx, tenant.id, null);
    const showsAll = text('groups') === 'all';
    const mine = groups.filter(({ users }) => users.includes(user.id));
    const edited = subscriptions.find(({ id }) => id === text('edit')) ?? null;
    return {
      view: 'subscriptions',
      title: 'Subscriptions',
      data: {
        sentence: describe(mine.length, held, orgs, user.id),
        mayWork: may(role, 'work'),
        showsAll,
        groupCount: groups.length,
        lists: await listPatterns(scope, showsAll ? groups : mine, subscriptions, channels, orgs),
        hasPatterns: subscriptions.some(({ group }) => showsAll || mine.some(({ id }) => id === group)),
        editor:
          may(role, 'work') && (edited || text('edit') === 'new')
            ? presentEditor(scope, edited, groups, mine, channels)
            : null,
        orgs,
        tried: tryPattern(text('pattern').toLowerCase(), orgs),
        asked: await ask(scope, text('org').toLowerCase(), text('severity'), text('event')),
      },
    };
  },
});

/** "You are in 3 groups: you respond to 14 paths and are interested in 31 of 62" */
function describe(
  groups: number,
  held: readonly HeldSubscription[],
  orgs: readonly string[],
  userId: string,
): string {
  const levels = orgs.map((org) => interestIn(held, userId, org));
  const count = (level: string): number => levels.filter((one) => one === level).length;
  return (
    `You are in ${counted(groups, 'group')}: you respond to ${counted(count('responder'), 'path')} ` +
    `and are interested in ${count('interested')} more, of ${orgs.length} known`
  );
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

async function listPatterns(
  { tx, tenant }: PageScope,
  groups: readonly Group[],
  subscriptions: readonly Subscription[],
  channels: readonly Channel[],
  orgs: readonly string[],
) {
  const members = await listMembers(tx, tenant.id);
  return groups.flatMap((group) =>
    subscriptions
      .filter((one) => one.group === group.id)
      .map((one) => ({
        id: one.id,
        group: nameOf(group),
        people: group.personalUserId
          ? 'own group'
          : members
              .filter(({ id }) => group.users.includes(id))
              .map(({ name }) => name)
              .join(', ') || 'nobody',
        pattern: one.pattern,
        isResponder: one.level === 'responder',
        isExcluding: one.pattern.startsWith('!'),
        paths: orgs.filter((org) => matchesOrg(one.pattern, org)).length,
        told: sayWhenTold(one),
        channel: channels.find(({ id }) => id === one.channel)?.name ?? null,
        editHref: `${PATH}?edit=${one.id}#edit`,
      })),
  );
}

/** A personal group is named after the address of its person. */
function nameOf({ name, personalUserId }: Group): string {
  return personalUserId ? (name.split('@')[0] ?? name) : name;
}

function sayWhenTold({ pattern, level, severityFloor, quietHours }: Subscription): string {
  if (pattern.startsWith('!')) return 'excluded';
  return [
    level === 'responder' ? 'at once' : 'by digest',
    ...(severityFloor ? [`${severityFloor} and above`] : []),
    ...(quietHours ? [`not ${quietHours.from}–${quietHours.to} unless critical`] : []),
  ].join(' · ');
}

function presentEditor(
  { flash, tenant }: PageScope,
  edited: Subscription | null,
  groups: readonly Group[],
  mine: readonly Group[],
  channels: readonly Channel[],
) {
  const own = mine.find(({ personalUserId }) => personalUserId !== null);
  const form = presentForm(flash, 'subscription', {
    group: edited?.group ?? own?.id ?? '',
    pattern: edited?.pattern ?? '',
    level: edited?.level ?? 'responder',
    severityFloor: edited?.severityFloor ?? '',
    channel: edited?.channel ?? '',
    quietHours: '',
  });
  const typed = form.isRefused
    ? (flash?.values['quietHours'] as Partial<Record<string, string>> | undefined)
    : null;
  const hours = typed ?? edited?.quietHours;
  return {
    form,
    isNew: edited === null,
    heading: edited ? edited.pattern : 'New pattern',
    action: edited ? `/subscriptions/${edited.id}` : '/subscriptions',
    groups: presentOptions(
      // The own one first; other people's are theirs.
      groups
        .filter(({ id, personalUserId }) => personalUserId === null || id === own?.id)
        .sort((a, b) => Number(b.id === own?.id) - Number(a.id === own?.id))
        .map((group) => [group.id, group.id === own?.id ? 'only me' : group.name] as const),
      form.group.value,
    ),
    levels: presentOptions(
      [
        ['responder', 'Responder: told at once'],
        ['interested', 'Interested: told by digest'],
      ],
      form.level.value,
    ),
    floors: presentOptions(
      [
        ['', 'every severity'],
        ['warn', 'warn and above'],
        ['critical', 'critical only'],
      ],
      form.severityFloor.value,
    ),
    channels:
      channels.length > 0
        ? presentOptions(
            [
              ['', 'each person of the group'],
              ...channels.map(({ id, name }): [string, string] => [id, `only the channel ${name}`]),
            ],
            form.channel.value,
          )
        : null,
    from: hours?.from ?? '',
    to: hours?.to ?? '',
    zone: hours?.timezone ?? tenant.timeZone,
    timeZones: listTimeZones(),
  };
}

const SHOWN = 12;

/** Which of the known paths a pattern covers. */
function tryPattern(pattern: string, orgs: readonly string[]) {
  if (!pattern) return { pattern, result: null };
  if (!isOrgPattern(pattern)) {
    return {
      pattern,
      result: { isPattern: false, verb: '', count: 0, known: orgs.length, paths: [], more: 0 },
    };
  }
  const covered = orgs.filter((org) => matchesOrg(pattern, org));
  const depth = pattern
    .replace(/^!/, '')
    .replace(/(^|\.)\*$/, '')
    .split('.')
    .filter(Boolean).length;
  return {
    pattern,
    result: {
      isPattern: true,
      verb: pattern.startsWith('!') ? 'Leaves out' : 'Matches',
      count: covered.length,
      known: orgs.length,
      paths: covered.slice(0, SHOWN).map((org) => {
        const head = org.split('.').slice(0, depth).join('.');
        return { head, tail: org.slice(head.length) };
      }),
      more: Math.max(0, covered.length - SHOWN),
    },
  };
}

const SEVERITIES = ['critical', 'warn', 'info'] as const;

/** Who would be told of an event at `org`, or of one that is there. */
async function ask(scope: PageScope, org: string, wanted: string, eventId: string) {
  const severity: Severity = SEVERITIES.find((one) => one === wanted) ?? 'critical';
  const severities = presentOptions(
    SEVERITIES.map((one) => [one, presentSeverity(one).word] as const),
    severity,
  );
  const asked = { org, severity, severities, event: null };
  if (isUuid(eventId)) {
    const event = await getListedEvent(scope, eventId);
    const audience = await findAudienceOf(scope, eventId);
    const { number, title, state, isNoise } = event;
    return {
      ...asked,
      org: event.org ?? '',
      event: {
        href: `/events/${eventId}`,
        number,
        title,
        isOver: isNoise || state === 'completed' || state === 'merged',
      },
      result: {
        ...presentAudience(audience, scope.now, scope.timeZone),
        muted: await listMuted(scope, event.org),
      },
    };
  }
  if (!org) return { ...asked, result: null };
  const audience = await findAudience(scope, org, severity);
  const muted = await listMuted(scope, org);
  return { ...asked, result: { ...presentAudience(audience, scope.now, scope.timeZone), muted } };
}

/** A critical that nobody hears of because all have muted it must not look like one without subscriptions. */
async function listMuted({ tx, tenant }: PageScope, org: string | null): Promise<string[]> {
  const mutes = await listMutes(tx, tenant.id);
  return mutes
    .filter(({ pattern }) => matchesOrg(pattern, org))
    .map(
      ({ userName, pattern, groupName, isOwn }) =>
        `${userName}, by ${pattern}${isOwn ? '' : ` of ${groupName}`}`,
    );
}
