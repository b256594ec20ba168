/**
 * The flood of the first start: a database disk fills up, and everything that leans on it complains, hundreds of
 * times, about six things.
 */
import { later, MINUTE, SECOND } from '../../kernel/clock.ts';
import { chance, drawNumber } from './chance.ts';
import type { Stage, Story, StoryMail } from './story.ts';

interface Voice {
  name: string;
  from: string;
  /** Within the flood. */
  count: number;
  /** The cause speaks first, what leans on it follows. */
  afterMs: number;
  problem: (key: string) => { subject: string; body: string };
  recovery?: { subject: string; body: string };
}

const VOICES: readonly Voice[] = [
  {
    name: 'disk',
    from: 'Zabbix <zabbix@mon2.shop.example>',
    count: 45,
    afterMs: 0,
    problem: (key) => ({
      subject: 'Problem: Free disk space is less than 5% on db1 (/var/lib/postgresql)',
      body: [
        `Problem: ${(4 - 4 * chance(key)).toFixed(2)} % free on /var/lib/postgresql`,
        'Host: db1   Severity: Disaster',
        ':critical: :org:shop.db: :svr:db1.shop.example:',
      ].join('\n'),
    }),
    recovery: {
      subject: 'Resolved: Free disk space is less than 5% on db1 (/var/lib/postgresql)',
      body: 'Host: db1   38 % free\n:critical: :org:shop.db: :svr:db1.shop.example:',
    },
  },
  {
    name: 'wal-archive',
    from: '(Cron Daemon) <root@db1.shop.example>',
    count: 35,
    afterMs: 20 * SECOND,
    problem: (key) => ({
      subject: 'Cron <postgres@db1> /usr/local/bin/wal-archive --push',
      body: `wal-archive: ERROR: cannot write 0000000100000${drawNumber(key, 100, 999)}: No space left on device`,
    }),
  },
  {
    name: 'checkout',
    from: 'Shop <errors@app1.shop.example>',
    count: 170,
    afterMs: 40 * SECOND,
    problem: (key) => ({
      subject: `[shop] ERROR checkout: could not store order ${drawNumber(key, 480_000, 489_999)}`,
      body: [
        'PDOException: SQLSTATE[53100]: Disk full: 7 ERROR:  could not extend file "base/16401/24593"',
        `  at Checkout->store() checkout.php:${drawNumber(key, 210, 230)}`,
        `  session ${key}`,
      ].join('\n'),
    }),
  },
  {
    name: 'queue',
    from: 'Queue watch <mq@mq1.shop.example>',
    count: 80,
    afterMs: 70 * SECOND,
    problem: (key) => ({
      subject: `:warn: :org:shop.queue: :svr:mq1.shop.example: Queue orders.created has ${drawNumber(key, 9000, 30_000)} messages waiting`,
      body: 'Consumers: 4, all waiting for the database.',
    }),
  },
  {
    name: 'api-errors',
    from: 'Alertmanager <alertmanager@mon1.shop.example>',
    count: 110,
    afterMs: 80 * SECOND,
    problem: (key) => ({
      subject: `[FIRING:${drawNumber(key, 2, 9)}] HighErrorRate (shop-api critical)`,
      body: [
        'Labels:',
        ' - alertname = HighErrorRate',
        ' - job = shop-api',
        ' - severity = critical',
        'Annotations:',
        ` - summary = ${drawNumber(`${key} share`, 21, 74)} % of requests to /api/orders answer 5xx`,
        ':critical: :org:shop.frontend.api: :svr:api1.shop.example:',
      ].join('\n'),
    }),
  },
  {
    name: 'http',
    from: 'Nagios <nagios@mon1.shop.example>',
    count: 140,
    afterMs: 100 * SECOND,
    problem: (key) => ({
      subject: '** PROBLEM Service Alert: lb1/HTTP shop is CRITICAL **',
      body: [
        'Notification Type: PROBLEM',
        'Service: HTTP shop',
        'Host: lb1',
        'State: CRITICAL',
        `Additional Info: HTTP CRITICAL: HTTP/1.1 503 Service Unavailable - ${drawNumber(key, 180, 260)} bytes in ${(3 + 7 * chance(key)).toFixed(3)} second response time`,
        ':critical: :org:shop.frontend: :svr:lb1.shop.example:',
      ].join('\n'),
    }),
    recovery: {
      subject: '** RECOVERY Service Alert: lb1/HTTP shop is OK **',
      body: 'Notification Type: RECOVERY\nHost: lb1\nState: OK\n:critical: :org:shop.frontend: :svr:lb1.shop.example:',
    },
  },
];

const BEFORE_START_MS = 6 * MINUTE;
const LASTS_MS = 9 * MINUTE;
/** Afterwards each voice goes on at a walking pace, until it is over. */
const ECHO_EVERY_MS = 90 * SECOND;
const OVER_AFTER_MS = 35 * MINUTE;

export function tellFlood({ firstStartAt }: Stage): Story {
  const beginAt = later(firstStartAt, -BEFORE_START_MS);
  return { mails: VOICES.flatMap((voice) => tellVoice(voice, beginAt)), deeds: [] };
}

function tellVoice(voice: Voice, beginAt: Date): StoryMail[] {
  const { name, from, count, afterMs, problem, recovery } = voice;
  const stepMs = (LASTS_MS - afterMs) / count;
  const inFlood = Array.from(
    { length: count },
    (_, index) => afterMs + (index + chance(`${name} ${index}`) / 2) * stepMs,
  );
  const echoes = [];
  for (let ms = LASTS_MS + afterMs / 4; ms < OVER_AFTER_MS; ms += ECHO_EVERY_MS) echoes.push(ms);
  const mails = [...inFlood, ...echoes].map((ms, index) => {
    const id = `flood-${name}-${index}`;
    return { id, at: later(beginAt, Math.floor(ms / SECOND) * SECOND), from, ...problem(id) };
  });
  const end = { id: `flood-${name}-over`, at: later(beginAt, OVER_AFTER_MS), from };
  return recovery ? [...mails, { ...end, ...recovery }] : mails;
}
