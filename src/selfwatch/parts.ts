/** The parts of DaTamer that say by mail that they work, and how often. */
import { MINUTE } from '../kernel/clock.ts';
import type { ProcessRole } from '../config/schema.ts';

export interface ServicePart {
  /** Below `datamer.` in the tree of orgs. */
  name: string;
  role: ProcessRole;
  /** It works while all of these do. */
  loops: readonly string[];
  everyMs: number;
  /** The tag by which its mails are counted: one may be lost, or come twice around a restart. */
  schedule: string;
}

const QUARTERLY = { everyMs: 15 * MINUTE, schedule: ':sched-perhour-4/1:' };

/** Measures how long a mail takes from the door to its event. */
export const CANARY: ServicePart = {
  name: 'canary',
  role: 'intake',
  loops: [],
  everyMs: 5 * MINUTE,
  schedule: ':sched-perhour-12/3:',
};

export const SERVICE_PARTS: readonly ServicePart[] = [
  // First: all of a turn count from one instant, and the others must not make it look slow.
  CANARY,
  { name: 'inbound.imap', role: 'intake', loops: ['mailboxes'], ...QUARTERLY },
  { name: 'inbound.smtp', role: 'intake', loops: ['door'], ...QUARTERLY },
  { name: 'triage', role: 'intake', loops: ['triage'], ...QUARTERLY },
  { name: 'watchdog', role: 'watchdog', loops: ['watchdog', 'blind', 'quiet', 'history'], ...QUARTERLY },
  {
    name: 'outbound',
    role: 'outbound',
    loops: ['dispatch', 'sum up', 'digests', 'send', 'send to channels'],
    ...QUARTERLY,
  },
  { name: 'web', role: 'web', loops: [], ...QUARTERLY },
  { name: 'data.db', role: 'watchdog', loops: ['clean up', 'upkeep'], ...QUARTERLY },
];

export function orgOf(part: string): string {
  return `datamer.${part}`;
}

/** The part that a loop belongs to. */
export function partOfLoop(loop: string): string {
  return SERVICE_PARTS.find(({ loops }) => loops.includes(loop))?.name ?? 'service';
}
