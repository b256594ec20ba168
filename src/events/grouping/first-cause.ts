/**
 * Which signal of an event most probably brought the others about: the server that many of the others name; else the
 * one that came first. People look there first, so it gives the event its title.
 */
import type { ActiveSignal } from './active-event.ts';

export interface FirstCause {
  title: string;
  why: string;
}

/** Fewer signals that name a server are a coincidence. */
const FEWEST_NAMING = 2;
/** Of the others, at least this share. */
const SMALLEST_SHARE = 0.15;

export function findFirstCause(signals: Iterable<ActiveSignal>): FirstCause | null {
  const inOrder = [...signals].sort((one, other) => one.firstAt.getTime() - other.firstAt.getTime());
  const naming = new Map<string, number>();
  for (const { portrait } of inOrder) {
    for (const server of portrait.mentions) naming.set(server, (naming.get(server) ?? 0) + 1);
  }
  const causes = inOrder.flatMap((signal) => {
    const named = Math.max(0, ...signal.portrait.servers.map((server) => naming.get(server) ?? 0));
    const isTelling = named >= FEWEST_NAMING && named >= SMALLEST_SHARE * (inOrder.length - 1);
    return isTelling ? [{ signal, named }] : [];
  });
  const most = Math.max(0, ...causes.map(({ named }) => named));
  const cause = causes.find(({ named }) => named === most);
  if (!cause) return null;
  const { title, servers } = cause.signal.portrait;
  const server = servers.find((one) => naming.get(one) === most) ?? '';
  return { title, why: `${server} is named by ${most} of ${inOrder.length} signals` };
}
