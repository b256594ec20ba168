/** A heartbeat every half minute that falls silent a little after each start of the demo: MISSING while one watches. */
import { later, MINUTE, SECOND } from '../../kernel/clock.ts';
import type { Stage, Story } from './story.ts';

const EVERY_MS = 30 * SECOND;
const BEFORE_START_MS = 3 * MINUTE;
const AFTER_START_MS = 75 * SECOND;

export function tellMirror({ startAt }: Stage): Story {
  const mails = [];
  const first = Math.ceil((startAt.getTime() - BEFORE_START_MS) / EVERY_MS);
  const last = Math.floor((startAt.getTime() + AFTER_START_MS) / EVERY_MS);
  for (let beat = first; beat <= last; beat += 1) {
    const at = new Date(beat * EVERY_MS);
    mails.push({
      id: `mirror-${beat}`,
      at,
      from: 'Mirror <mirror@bk2.shop.example>',
      subject:
        ':info: :org:infra.backup.mirror: :svr:bk2.shop.example: :sched-perminute-2/1: Off-site mirror is OK',
      body: `Last block received ${later(at, -SECOND).toISOString()}, 0 blocks behind.`,
    });
  }
  return { mails, deeds: [] };
}
