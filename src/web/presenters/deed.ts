/** What a person reads after a deed, with the form that takes it back where there is one. */
import type { Outcome } from '../../events/act-on-many.ts';
import type { Told } from '../operation.ts';
import { presentNumber } from './number.ts';

interface Changed {
  id: string;
  number: number;
  version: number;
}

/** @param undo the event's path and fields that take it back */
export function tellDeed(
  event: Changed,
  deed: string,
  undo?: { path: string; fields: Record<string, string> },
): Told {
  const told: Told = { kind: 'ok', message: `#${event.number} ${deed}.` };
  if (!undo) return told;
  const fields = { ...undo.fields, version: String(event.version) };
  return { ...told, undo: { action: `/events/${event.id}/${undo.path}`, fields } };
}

/** "Put right; 14 open mails now go to shop.web." */
export function tellEffect(deed: string, effect: string | null): string {
  return effect ? `${deed}; ${effect}.` : `${deed}.`;
}

/** A session keeps the undo; ticking more than this is a decision and no slip. */
const MOST_UNDOABLE = 500;

/**
 * "309 of 312 events changed; 3 were changed by others: #12, #15, #19."
 * @param undo the verb that takes it back
 */
export function tellOutcome({ changed, stale, refused }: Outcome, undo: string | null): Told {
  const total = changed.length + stale.length + refused.length;
  const parts = [
    `${presentNumber(changed.length)} of ${presentNumber(total)} ${total === 1 ? 'event' : 'events'} changed`,
  ];
  if (stale.length > 0) {
    const verb = stale.length === 1 ? 'was' : 'were';
    parts.push(`${presentNumber(stale.length)} ${verb} changed by others: ${nameSome(stale)}`);
  }
  const [first] = refused;
  if (first) parts.push(`${nameSome(refused.map(({ number }) => number))} could not be: ${first.reason}`);
  const told: Told = {
    kind: changed.length > 0 ? 'ok' : 'bad',
    message: `${parts.join('; ').replace(/\.$/, '')}.`,
  };
  if (!undo || changed.length === 0 || changed.length > MOST_UNDOABLE) return told;
  const events = changed.map(({ id, version }) => `${id}:${version}`).join(',');
  return { ...told, undo: { action: '/events/bulk', fields: { verb: undo, events } } };
}

const MOST_NAMED = 8;

function nameSome(numbers: readonly number[]): string {
  const named = numbers.slice(0, MOST_NAMED).map((number) => `#${number}`);
  return numbers.length > MOST_NAMED ? `${named.join(', ')} and more` : named.join(', ');
}
