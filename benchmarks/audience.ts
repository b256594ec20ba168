/**
 * Who is told: 10,000 patterns asked for events of paths that were never seen before, and for those of a flood, beside a
 * look at each pattern.
 */
import { matchesOrg } from '../src/accounts/org-pattern.ts';
import type { HeldSubscription } from '../src/accounts/subscriptions.ts';
import type { GroupId, UserId } from '../src/kernel/ids.ts';
import { compileAudience } from '../src/outbound/audience/audience.ts';
import { chance } from '../test/support/chance.ts';
import { describeMs } from './support/percentile.ts';

const PATTERNS = 10_000;
const GROUPS = 500;
const PEOPLE = 2000;
const EVENTS = 10_000;
/** The peer is asked less: it would take minutes. */
const ASKED_OF_PEER = 200;

const random = chance(1);
const pick = (count: number): number => Math.floor(random() * count);
const label = (depth: number): string =>
  `${['team', 'service', 'part', 'unit'][depth]}${pick([20, 60, 200, 20][depth] ?? 1)}`;

function path(): string {
  return Array.from({ length: 2 + pick(3) }, (_, depth) => label(depth)).join('.');
}

function pattern(): string {
  const labels = path().split('.');
  if (random() < 0.2) labels[pick(labels.length)] = '*';
  const open = random() < 0.5 ? '.*' : '';
  return `${random() < 0.05 ? '!' : ''}${labels.join('.')}${open}`;
}

const subscriptions = Array.from({ length: PATTERNS }, (_, index): HeldSubscription => ({
  id: String(index),
  group: `group${pick(GROUPS)}` as GroupId,
  pattern: pattern(),
  level: random() < 0.5 ? 'responder' : 'interested',
  severityFloor: null,
  quietHours: null,
  channel: null,
  users: Array.from({ length: 1 + pick(8) }, () => `user${pick(PEOPLE)}` as UserId),
}));
const orgs = Array.from({ length: EVENTS }, (_, index) => `${path()}.new${index}`);

const before = performance.now();
const audienceFor = compileAudience(subscriptions);
say('patterns compiled', `${(performance.now() - before).toFixed(1)} ms`);
const lags = orgs.map((org) => {
  const startedAt = performance.now();
  audienceFor(org, 'warn');
  return performance.now() - startedAt;
});
const ms = lags.reduce((sum, one) => sum + one, 0);
say(
  `${EVENTS} events of paths never asked for`,
  `${Math.round((EVENTS / ms) * 1000).toLocaleString('en')}/s  ${describeMs(lags)}`,
);
const asked = performance.now();
for (let index = 0; index < EVENTS; index += 1) audienceFor(orgs[index % 300] ?? null, 'warn');
say(
  'the same few hundred paths again',
  `${Math.round((EVENTS / (performance.now() - asked)) * 1000).toLocaleString('en')}/s`,
);
const peerAt = performance.now();
for (const org of orgs.slice(0, ASKED_OF_PEER)) subscriptions.filter((one) => matchesOrg(one.pattern, org));
say(
  'matching alone, pattern by pattern',
  `${Math.round((ASKED_OF_PEER / (performance.now() - peerAt)) * 1000).toLocaleString('en')}/s`,
);

function say(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(44)} ${figure}\n`);
}
