/** Stage: tags decide first. The subject wins over the body; among several severities in one place the highest. */
import type { Tenant } from '../../accounts/tenants.ts';
import { decide, type Mse } from '../mse.ts';
import { mostSevere } from '../../events/severity.ts';
import { readTags, type Tags } from './grammar.ts';

export function applyTags(mses: Mse[], { tenant }: { tenant: Pick<Tenant, 'tagSenders'> }): void {
  for (const mse of mses) applyTagsTo(mse, tenant.tagSenders);
}

function applyTagsTo(mse: Mse, trustedSenders: string[] | null): void {
  const subject = readTags(mse.mail.subject);
  const body = readTags(mse.mail.text);
  mse.lint.push(...subject.lint, ...body.lint);
  const hasTags = hasAny(subject) || hasAny(body);
  if (hasTags && trustedSenders && !isTrusted(mse.mail.from.address, trustedSenders)) {
    mse.lint.push(
      `The tags of this mail do not count: ${mse.mail.from.address || 'a mail without sender'} is not on the list of trusted tag senders.`,
    );
    return;
  }
  decideSeverity(mse, subject, body);
  decideSchedule(mse, subject, body);
  decideOrgs(mse, subject, body);
  decideServers(mse, subject, body);
}

function hasAny(tags: Tags): boolean {
  return tags.spans.length > 0;
}

/** @param trusted addresses, or `@domain` for all of a domain; lower case */
export function isTrusted(sender: string, trusted: readonly string[]): boolean {
  return trusted.some((one) => (one.startsWith('@') ? sender.endsWith(one) : sender === one));
}

function decideSeverity(mse: Mse, subject: Tags, body: Tags): void {
  const [severities, place] = choose(subject.severities, body.severities);
  const severity = mostSevere(severities);
  if (severity) decide(mse, 'severity', { ...byTag(`:${severity}:`, place), value: severity });
}

function decideSchedule(mse: Mse, subject: Tags, body: Tags): void {
  const [schedules, place] = choose(subject.schedules, body.schedules);
  const schedule = schedules[0];
  if (!schedule) return;
  const text = `:sched-per${schedule.period}-${schedule.n}/${schedule.variance}:`;
  decide(mse, 'schedule', { ...byTag(text, place), value: schedule });
}

function decideOrgs(mse: Mse, subject: Tags, body: Tags): void {
  const [, place] = choose(subject.orgs, body.orgs);
  mse.orgs = [...new Set([...subject.orgs, ...body.orgs])];
  const [primary] = mse.orgs;
  if (primary) decide(mse, 'org', { ...byTag(`:org:${primary}:`, place), value: primary });
}

function decideServers(mse: Mse, subject: Tags, body: Tags): void {
  const servers = [...new Set([...subject.servers, ...body.servers])];
  if (servers.length === 0) return;
  const [, place] = choose(subject.servers, body.servers);
  decide(mse, 'servers', { ...byTag(servers.map((one) => `:svr:${one}:`).join(' '), place), value: servers });
}

type Place = 'subject' | 'text';

function choose<T>(inSubject: T[], inBody: T[]): [T[], Place] {
  return inSubject.length > 0 ? [inSubject, 'subject'] : [inBody, 'text'];
}

function byTag(text: string, place: Place) {
  return { source: 'tag' as const, confidence: 1, reason: `tag ${text} in the ${place}` };
}
