/**
 * Placing one new signal among many open ones, as triage does it: candidates, evidence, score, and the database's part.
 * 100,000 open signals in events of 20 lie on 5,000 servers of 500 teams, all of them active.
 */
import { newId, type EventId } from '../src/kernel/ids.ts';
import type { Sighting } from '../src/events/grouping/evidence.ts';
import { Grouping } from '../src/events/grouping/grouping.ts';
import { portray } from '../src/events/grouping/portrait.ts';
import { describeMs } from './support/percentile.ts';
import { TROUBLES } from './support/troubles.ts';

const MEMBERS = Number(process.argv[2] ?? 100_000);
const PER_EVENT = 20;
const TIMES = 2000;

const ids = new Map<number, EventId>();
const start = Date.UTC(2026, 0, 1);
const grouping = new Grouping();
for (let index = 0; index < MEMBERS; index += 1) {
  const event = Math.floor(index / PER_EVENT);
  const sighting = sight(event, index, new Date(start + index));
  grouping.noteProblem(eventId(event), new Date(start + event * PER_EVENT), sighting);
}
const known = grouping.activeIds;
const milliseconds: number[] = [];
let joined = 0;
for (let turn = 0; turn < TIMES; turn += 1) {
  const sighting = sight(known.length - 1 - (turn % 50), MEMBERS + turn, new Date(start + MEMBERS + turn));
  const before = performance.now();
  const choice = grouping.choose(sighting, () => true);
  milliseconds.push(performance.now() - before);
  if (choice) joined += 1;
}
process.stdout.write(
  `${MEMBERS} open signals, ${known.length} active events: a new signal's event ${describeMs(milliseconds)}, ${joined} of ${TIMES} joined\n`,
);
process.stdout.write(`resident memory ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MB\n`);

function sight(event: number, index: number, at: Date): Sighting {
  const server = `fra1-web${event % 5000}-${index % 7}.example.com`;
  const trouble = TROUBLES[index % TROUBLES.length] ?? '';
  const portrait = portray({
    servers: [server],
    mentions: [`nas${event % 300}.example.com`],
    org: `shop.part${event % 20}.team${event % 500}`,
    templateId: trouble,
    title: `PROBLEM: ${trouble} on ${server}`,
    text: `${trouble}: waiting for nas${event % 300}.example.com, worker pool${index % 900} of module${event % 700}`,
  });
  return { key: `${server} ${trouble} ${index}`, portrait, at };
}

function eventId(event: number): EventId {
  const id = ids.get(event) ?? newId<EventId>(new Date(start + event));
  ids.set(event, id);
  return id;
}
