/** A rota as a row, its shifts and who steps in. */
import { formatLocal } from '../../kernel/calendar.ts';
import { describeRhythm } from '../../outbound/rota/describe.ts';
import type { Rota } from '../../outbound/rota/rota.ts';
import type { showRota, showShifts } from '../api/rotas.ts';
import { presentUntil } from './time.ts';

type ShownRota = ReturnType<typeof showRota>;
type ShownShift = ReturnType<typeof showShifts>[number];

export function presentRotaRow(
  rota: Rota,
  { onCall, next }: ShownRota,
  people: ReadonlyMap<string, { name: string }>,
  now: Date,
  timeZone: string,
) {
  const left = rota.places.filter((place) => place === null).length;
  return {
    href: `/settings/rotas/${rota.id}`,
    action: `/rotas/${rota.id}`,
    name: rota.name,
    rhythm: describeRhythm(rota),
    people: rota.places.flatMap((id) => (id ? (people.get(id)?.name ?? []) : [])).join(', '),
    left:
      left === 0
        ? null
        : `${left} place${left === 1 ? '' : 's'} of people who have left: who follows takes over`,
    onCall: onCall && { name: onCall.name, initial: initialOf(onCall.name) },
    until: presentUntil(next?.at ?? null, now, timeZone),
    next: next ? (next.user?.name ?? 'nobody') : null,
  };
}

function initialOf(name: string): string {
  return name[0]?.toUpperCase() ?? '?';
}

/** In the reader's own time, as everywhere. */
export function presentShift({ from, to, user, insteadOf }: ShownShift, now: Date, timeZone: string) {
  return {
    isNow: from <= now && now < to,
    from: shown(from, timeZone),
    to: shown(to, timeZone),
    name: user?.name ?? null,
    initial: user ? initialOf(user.name) : '?',
    insteadOf: insteadOf?.name ?? null,
  };
}

export function presentOverride(
  { id, user, insteadOf, from, to, createdBy }: ShownRota['overrides'][number],
  timeZone: string,
) {
  const name = user?.name ?? 'nobody';
  return {
    action: `/rota-overrides/${id}`,
    what: `${name} instead of ${insteadOf?.name ?? 'whoever has the turn'}`,
    when: `${shown(from, timeZone)} – ${shown(to, timeZone)}`,
    createdBy,
  };
}

function shown(instant: Date, timeZone: string): string {
  return formatLocal(instant, timeZone, 'ccc d LLL HH:mm');
}
