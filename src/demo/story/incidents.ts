/** Three weeks of things that went wrong, and of people who took them, handed them on and closed them. */
import { DAY, HOUR, later, MINUTE } from '../../kernel/clock.ts';
import { chance, drawNumber, drawOne } from './chance.ts';
import { PLOTS, type Plot } from './plots.ts';
import {
  daysAround,
  HISTORY_MS,
  nameOfDay,
  type Deed,
  type Stage,
  type Story,
  type StoryMail,
} from './story.ts';

export function tellIncidents(stage: Stage, from: Date, until: Date): Story {
  const incidents = daysAround(from, until).flatMap((day) => incidentsOf(day, stage));
  const told = [...incidents, ...stillOpen(stage)].map(tellIncident);
  return { mails: told.flatMap(({ mails }) => mails), deeds: told.flatMap(({ deeds }) => deeds) };
}

interface Incident {
  id: string;
  plot: Plot;
  startAt: Date;
  lastsMinutes: number;
  /** How it ends; null: it has not ended. */
  ending: 'recovery' | 'completion' | null;
}

const MOST_A_DAY = 3;

/** The stage is swept before the curtain rises, and nothing else goes wrong while the flood is looked at. */
const SWEPT_BEFORE_MS = 9 * HOUR;
const SWEPT_AFTER_MS = HOUR;

function incidentsOf(day: Date, { firstStartAt }: Stage): Incident[] {
  const name = nameOfDay(day);
  const isWeekend = [0, 6].includes(day.getUTCDay());
  const count = isWeekend ? 1 : drawNumber(`incidents ${name}`, 1, MOST_A_DAY);
  return Array.from({ length: count }, (_, index) => {
    const id = `${name}-${index}`;
    return {
      id,
      plot: plotOf(day, index),
      startAt: later(day, drawNumber(`start ${id}`, 5 * 60, 20 * 60) * MINUTE),
      lastsMinutes: drawNumber(`lasts ${id}`, 25, 220),
      ending: chance(`ending ${id}`) < 0.45 ? ('recovery' as const) : ('completion' as const),
    };
  }).filter(({ startAt }) => {
    const isSwept =
      startAt > later(firstStartAt, -SWEPT_BEFORE_MS) && startAt < later(firstStartAt, SWEPT_AFTER_MS);
    return !isSwept && startAt > later(firstStartAt, -HISTORY_MS);
  });
}

/** In turn, two days apart: the same trouble within a day would be the same event. */
function plotOf(day: Date, index: number): Plot {
  return PLOTS[((day.getTime() / DAY) * MOST_A_DAY + index) % PLOTS.length] ?? PLOTS[0];
}

/** What is being worked on when the demo first starts. */
function stillOpen({ firstStartAt }: Stage): Incident[] {
  const replication = PLOTS.find(({ name }) => name === 'replication') ?? PLOTS[0];
  const startAt = later(wholeMinute(firstStartAt), -3 * HOUR);
  return [{ id: 'still-open', plot: replication, startAt, lastsMinutes: 240, ending: null }];
}

function wholeMinute(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / MINUTE) * MINUTE);
}

function tellIncident(incident: Incident): Story {
  const { id, plot, startAt, lastsMinutes, ending } = incident;
  const host = drawOne(`host ${id}`, plot.hosts);
  const mails: StoryMail[] = [];
  for (let minute = 0; minute < lastsMinutes; minute += plot.everyMinutes) {
    const figure = drawNumber(`figure ${id} ${minute}`, 1, 300);
    mails.push({
      id: `${plot.name}-${id}-${minute}`,
      at: later(startAt, minute * MINUTE),
      from: plot.from,
      ...plot.problem(host, figure),
    });
  }
  if (ending) {
    // Tools notice a repair a little later than the people who made it.
    const afterMinutes = lastsMinutes + (ending === 'completion' ? 4 : 0);
    mails.push({
      id: `${plot.name}-${id}-over`,
      at: later(startAt, afterMinutes * MINUTE),
      from: plot.from,
      ends: firstMailOf(incident),
      ...plot.recovery(host),
    });
  }
  return { mails, deeds: tellDeeds(incident) };
}

/** Problems that last shorter than this are over before anybody has looked. */
const LOOK_AHEAD_MINUTES = 3;

function firstMailOf({ id, plot }: Incident): string {
  return `${plot.name}-${id}-0`;
}

function tellDeeds(incident: Incident): Deed[] {
  const { id, plot, startAt, lastsMinutes, ending } = incident;
  const mail = firstMailOf(incident);
  const [first, second] =
    chance(`who ${id}`) < 0.7 ? plot.people : ([plot.people[1], plot.people[0]] as const);
  const takenAfter = drawNumber(`taken ${id}`, ...plot.takenWithin);
  if (takenAfter + LOOK_AHEAD_MINUTES >= lastsMinutes) return [];
  const isHandedOn = chance(`handed on ${id}`) < 0.2;
  const holder = isHandedOn ? second : first;
  // Half a minute beside the mails, so that the order never hangs on chance.
  const after = (minutes: number): Date => later(startAt, (minutes + 0.5) * MINUTE);
  const deeds: Deed[] = [{ at: after(takenAfter), who: first, mail, what: 'take' }];
  if (isHandedOn) deeds.push({ at: after(takenAfter + 2), who: first, mail, what: 'give', to: second });
  const note = drawOne(`note ${id}`, plot.notes);
  if (ending === 'completion')
    deeds.push({ at: after(lastsMinutes), who: holder, mail, what: 'complete', note });
  else if (ending === 'recovery')
    deeds.push({ at: after(lastsMinutes - 1), who: holder, mail, what: 'note', text: note });
  else
    deeds.push({
      at: after(takenAfter + 9),
      who: holder,
      mail,
      what: 'note',
      text: 'Vacuum is running on db1; should catch up within the hour.',
    });
  return deeds;
}
