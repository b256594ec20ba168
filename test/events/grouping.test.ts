import { describe, expect, it } from '@jest/globals';
import { CoOccurrence } from '../../src/events/grouping/co-occurrence.ts';
import { Arrivals, poissonTail } from '../../src/events/grouping/arrivals.ts';
import { gatherEvidence, type Sighting } from '../../src/events/grouping/evidence.ts';
import { Grouping } from '../../src/events/grouping/grouping.ts';
import { portray } from '../../src/events/grouping/portrait.ts';
import { relationOf, symptomsOf } from '../../src/events/grouping/symptoms.ts';
import { newId, type EventId } from '../../src/kernel/ids.ts';
import { processorMs } from '../support/processor-time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 2, 10);

interface Trouble {
  title: string;
  text?: string;
  server?: string;
  mentions?: string[];
  org?: string | null;
  template?: string;
  at?: number;
}

function sight({ title, text = '', server, mentions = [], org = null, template, at = 0 }: Trouble): Sighting {
  const servers = server ? [server] : [];
  return {
    key: `${title} ${server ?? ''} ${org ?? ''}`,
    portrait: portray({ title, text, servers, mentions, org, templateId: template ?? null }),
    at: new Date(START + at),
  };
}

/** As triage does: joins the chosen event or opens a new one. */
function place(grouping: Grouping, trouble: Trouble): EventId {
  const sighting = sight(trouble);
  const choice = grouping.choose(sighting, () => true);
  const id = choice?.eventId ?? newId<EventId>(sighting.at);
  grouping.noteProblem(id, sighting.at, sighting, choice?.score);
  return id;
}

const always = () => true;

describe('Grouping', () => {
  it('never joins by time alone', () => {
    const grouping = new Grouping();
    place(grouping, { title: 'certificate expires', server: 'book1.example.com', org: 'shop.pay' });
    const other = sight({ title: 'temperature', server: 'fridge.example.net', org: 'lab.cold', at: 1000 });
    expect(grouping.choose(other, always)).toBeNull();
  });

  it('lets an event that never ends take nothing in once it is quiet', () => {
    const grouping = new Grouping();
    const database = { title: 'database down', server: 'db1.ams.example.com', org: 'shop.data.sql' };
    const first = place(grouping, database);
    const late = { title: 'replication lag', server: 'db1.ams.example.com', org: 'shop.data.sql' };
    expect(grouping.choose(sight({ ...late, at: MINUTE }), always)?.eventId).toBe(first);
    expect(grouping.choose(sight({ ...late, at: 20 * HOUR }), always)).toBeNull();
  });

  it('does not draw a trouble of another site into a storm, however large it is', () => {
    const grouping = new Grouping();
    // Before the storm both sites had their share of troubles.
    for (let day = 1; day <= 40; day += 1) {
      const site = day % 2 === 0 ? 'ams' : 'lhr';
      place(grouping, {
        title: `process missing ${day}`,
        server: `old${day}.${site}.example.com`,
        org: `shop.${site}.team${day}`,
        at: -day * 25 * HOUR,
      });
    }
    const storm = new Set<EventId>();
    for (let host = 0; host < 300; host += 1) {
      const server = `web${host}.ams.example.com`;
      storm.add(
        place(grouping, { title: 'host is down', server, org: `shop.ams.team${host % 9}`, at: host * 500 }),
      );
    }
    const other = {
      title: 'host is down',
      server: 'bank7.lhr.example.com',
      org: 'shop.lhr.team3',
      at: 200_000,
    };
    const chosen = grouping.choose(sight(other), always)?.eventId;
    expect(chosen === undefined || !storm.has(chosen)).toBe(true);
    expect(storm.size).toBeLessThan(5);
  });

  it.each([
    ['every ten minutes', 10 * MINUTE, ['host is down', 'load too high', 'queue grows']],
    ['every minute', MINUTE, ['host is down']],
  ])(
    'does not let what was joined wrongly draw its like, %s, into an event that never ends',
    (_, step, titles) => {
      const grouping = new Grouping();
      for (let day = 1; day <= 40; day += 1) {
        const site = day % 2 === 0 ? 'ams' : 'lhr';
        const server = `old${day}.${site}.example.com`;
        place(grouping, {
          title: `process missing ${day}`,
          server,
          org: `shop.${site}.team${day}`,
          at: -day * 25 * HOUR,
        });
      }
      const nas = { title: 'disk full', server: 'nas1.ams.example.com', org: 'shop.ams.nas' };
      const endless = place(grouping, nas);
      const wrong = (host: number, at: number) => ({
        title: titles[host % titles.length] ?? '',
        server: `bank${host}.lhr.example.com`,
        org: `shop.lhr.team${host % 4}`,
        at,
      });
      // Once a trouble of another site was put to it, just above the threshold.
      const first = sight(wrong(0, MINUTE));
      grouping.noteProblem(endless, first.at, first, 0.1);
      let drawn = 0;
      for (let host = 1; host < 60; host += 1) {
        const again = sight({ ...nas, at: host * step });
        grouping.noteProblem(endless, again.at, again);
        if (place(grouping, wrong(host, host * step + 1000)) === endless) drawn += 1;
      }
      expect(drawn).toBeLessThanOrEqual(1);
    },
  );

  it('takes mails of one shape for one kind of trouble where their words say nothing', () => {
    const strange = { title: 'gribble zonked', template: 'gribble <*>', org: 'shop.data.sql' };
    const grouping = new Grouping();
    const event = grouping.activeEvent(place(grouping, { ...strange, server: 'db1.ams.example.com' }));
    const likenessOf = (template: string) => {
      const second = sight({ ...strange, template, server: 'db2.ams.example.com', at: 5000 });
      return event && gatherEvidence(second, event, grouping.past)?.sameTeamSameTrouble;
    };
    expect(likenessOf(strange.template)).toBeGreaterThan(0);
    expect(likenessOf('another <*>')).toBe(0);
  });

  it('learns which templates come together, whoever they come from', () => {
    const together = new CoOccurrence();
    const portrait = (template: string, org: string) =>
      sight({ title: 'x', template, org, server: `${org}.example.com` }).portrait;
    expect(together.of(portrait('a', 'one'), portrait('b', 'two'))).toBe(0);
    for (let times = 0; times < 2; times += 1)
      together.learn([portrait('a', 'three'), portrait('b', 'four'), portrait('c', 'five')]);
    expect(together.of(portrait('a', 'one'), portrait('b', 'two'))).toBe(1);
    expect(together.of(portrait('a', 'one'), portrait('a', 'two'))).toBe(0);
  });

  it('follows what people said against any score', () => {
    const grouping = new Grouping();
    const one = sight({ title: 'NFS mount stale', server: 'web1.example.com', org: 'shop.web.front' });
    const other = sight({
      title: 'NFS server down',
      server: 'web1.example.com',
      org: 'shop.web.front',
      at: 5000,
    });
    const id = newId<EventId>(one.at);
    grouping.noteProblem(id, one.at, one);
    expect(grouping.choose(other, always)?.eventId).toBe(id);
    grouping.constraints.add({ id: 'split', kind: 'cannot', left: [one.key], right: [other.key] });
    grouping.constraints.add({ id: 'merge', kind: 'must', left: [one.key], right: [other.key] });
    expect(grouping.choose(other, always)).toBeNull();
    grouping.constraints.remove('split');
    expect(grouping.choose(other, always)).toMatchObject({ eventId: id, score: null });
  });

  it('explains what it chose, in words', () => {
    const grouping = new Grouping();
    place(grouping, { title: 'host is down', server: 'nas1.example.com', org: 'shop.infra' });
    const client = {
      title: 'mount hangs',
      server: 'web1.example.com',
      mentions: ['nas1.example.com'],
      at: MINUTE,
    };
    const reasons = grouping.choose(sight({ ...client, org: 'shop.web' }), always)?.reasons ?? [];
    expect(reasons.map(({ text }) => text)).toContain('the server nas1.example.com is named in both');
  });

  it('keeps its memory bounded', () => {
    const grouping = new Grouping();
    for (let index = 0; index < 6000; index += 1) {
      const sighting = sight({ title: `trouble ${index}`, server: `h${index}.example.com`, at: index });
      grouping.noteProblem(newId<EventId>(sighting.at), sighting.at, sighting);
    }
    expect(grouping.activeIds.length).toBeLessThanOrEqual(5000);
  });

  it('reads a mail of one endless line in no time', () => {
    const text = 'a-'.repeat(500_000);
    const read = () => portray({ title: text, text, servers: [], mentions: [], org: null, templateId: null });
    expect(read().words.length).toBeLessThanOrEqual(60);
    expect(processorMs(read)).toBeLessThan(500);
  });
});

describe('Storms', () => {
  it.each([
    [10, 1, true, 'ten at once where one a minute is usual'],
    [9, 1, false, 'once in a million minutes'],
    [80, 60, false, 'a busy tenant'],
    [110, 60, true, 'a busy tenant, twice as busy'],
    [2000, 100, true, 'numbers that no factorial holds'],
  ])('%d signals where %d are usual: %s (%s)', (count, usual, isStorm, _because) => {
    expect(poissonTail(count, usual) < 1e-6).toBe(isStorm);
  });

  it('takes a day of many troubles as what is usual, and forgets it', () => {
    const arrivals = new Arrivals();
    for (let second = 0; second < 3 * 86_400; second += 2) arrivals.add(new Date(START + second * 1000));
    const end = START + 72 * HOUR;
    expect(arrivals.isStorm(40, new Date(end))).toBe(false);
    expect(arrivals.isStorm(40, new Date(end + 72 * HOUR))).toBe(true);
  });
});

describe('Kinds of trouble', () => {
  it.each([
    ['[FIRING:1] DnsLookupFailing team-x', ['dns']],
    ['** PROBLEM Service Alert: web1/Disk /var is WARNING **', ['disk']],
    ['SMART error (CurrentPendingSector) detected on host: db1', ['hardware']],
    ['Festplatte fast voll', ['disk']],
    ['weekly figures', []],
  ])('%s', (subject, expected) => {
    expect(symptomsOf(subject, '')).toEqual(expected);
  });

  it('relates a cause with what it brings about', () => {
    expect(relationOf(['storage'], ['http'], false)).toBe('related');
    expect(relationOf(['dns'], ['dns'], false)).toBe('same');
    expect(relationOf(['certificate'], ['thermal'], false)).toBe('none');
    expect(relationOf(['disk'], ['disk'], false)).toBe('none');
    expect(relationOf(['disk'], ['disk'], true)).toBe('same');
  });
});
