/**
 * Whether a silence means an event. Pure. Everything about the event must lie in the scope: an event of two servers of
 * which one is being worked on is told, because a notice too many is better than a trouble that nobody hears of.
 */
import { groupCovers } from '../accounts/org-pattern.ts';
import type { SilenceableEvent, SilenceScope } from './silence.ts';

export function covers(scope: SilenceScope, event: Omit<SilenceableEvent, 'id'>): boolean {
  const { orgs, servers, streams, rules } = scope;
  const answers = [
    orgs.length === 0 ? null : groupCovers(orgs, event.org),
    servers.length === 0
      ? null
      : event.servers.length > 0 && event.servers.every((server) => servers.includes(server)),
    streams.length === 0 ? null : event.streamId !== null && streams.includes(event.streamId),
    rules.length === 0 ? null : event.ruleIds.some((rule) => rules.includes(rule)),
  ].filter((answer) => answer !== null);
  return answers.length > 0 && answers.every(Boolean);
}
