/**
 * The demo's story: the monitoring mail of a small web shop, and what its people do about it. Everything follows
 * from the instants it is asked for, so it can be told again: after a restart, or after a crash in the middle.
 */
import { tellFlood } from './flood.ts';
import { tellIncidents } from './incidents.ts';
import { tellMirror } from './mirror.ts';
import { tellRoutine } from './routine.ts';
import type { Stage, Story } from './story.ts';

/** Everything after `from`, up to and including `until`, in order. */
export function tellStory(stage: Stage, from: Date, until: Date): Story {
  const chapters = [
    tellRoutine(stage, from, until),
    tellIncidents(stage, from, until),
    tellFlood(stage),
    tellMirror(stage),
  ];
  const isAsked = ({ at }: { at: Date }): boolean => at > from && at <= until;
  return {
    mails: chapters
      .flatMap(({ mails }) => mails)
      .filter(isAsked)
      .sort(byTime),
    deeds: chapters
      .flatMap(({ deeds }) => deeds)
      .filter(isAsked)
      .sort(byTime),
  };
}

function byTime(one: { at: Date }, other: { at: Date }): number {
  return one.at.getTime() - other.at.getTime();
}
