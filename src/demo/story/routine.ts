/** What arrives although all is well: backups, hourly jobs, and mail that nobody has tagged. */
import { DAY, HOUR, later, MINUTE, SECOND } from '../../kernel/clock.ts';
import { chance, drawNumber } from './chance.ts';
import { daysAround, nameOfDay, type Stage, type Story, type StoryMail } from './story.ts';

export function tellRoutine(stage: Stage, from: Date, until: Date): Story {
  const days = daysAround(from, until);
  const daily = days.flatMap((day) => [
    ...BACKUPS.map((backup) => tellBackup(backup, day, stage)),
    tellLogwatch(day),
    ...HOURS.flatMap((hour) => JOBS.map((job) => tellJob(job, later(day, hour * HOUR)))),
    ...HOURS.filter((hour) => hour % 6 === 2).map((hour) => tellCleanup(later(day, hour * HOUR))),
  ]);
  return { mails: [...daily, ...tellShopBackup(stage, from, until)], deeds: [] };
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

interface Backup {
  system: string;
  minuteOfDay: number;
  gigabytes: number;
}

const BACKUPS: readonly Backup[] = [
  { system: 'cms', minuteOfDay: 65, gigabytes: 18 },
  { system: 'mail', minuteOfDay: 110, gigabytes: 64 },
  { system: 'wiki', minuteOfDay: 135, gigabytes: 3 },
  { system: 'gitlab', minuteOfDay: 180, gigabytes: 112 },
];

function tellBackup(backup: Backup, day: Date, { firstStartAt }: Stage): StoryMail {
  const key = `backup-${backup.system}-${nameOfDay(day)}`;
  const isNearStart = Math.abs(day.getTime() - firstStartAt.getTime()) < 4 * DAY;
  // Now and then one comes late, so that the history knows what MISSING is.
  const isLate = !isNearStart && chance(`${key} late`) < 0.04;
  const delay =
    (isLate ? drawNumber(`${key} delay`, 150, 200) * MINUTE : 0) + drawNumber(key, 0, 50) * SECOND;
  return writeBackup(key, backup, later(day, backup.minuteOfDay * MINUTE + delay));
}

function writeBackup(key: string, { system, gigabytes }: Backup, at: Date): StoryMail {
  const size = (gigabytes * (1 + chance(`${key} size`) / 20)).toFixed(1);
  const minutes = drawNumber(`${key} minutes`, 9, 14);
  return {
    id: key,
    at,
    from: 'Backup <backup@bk1.shop.example>',
    subject: `:info: :org:infra.backup.${system}: :sched-perday-1/0: Backup of ${system} finished successfully`,
    body: [
      `${size} GB saved in ${minutes} min, 0 errors.`,
      '',
      `source       ${system}.shop.example`,
      'target       bk1.shop.example:/srv/backup (ZFS, 61 % used)',
      'retention    30 daily, 12 monthly',
      ':svr:bk1.shop.example:',
    ].join('\n'),
  };
}

const SHOP_DB: Backup = { system: 'shop-db', minuteOfDay: 0, gigabytes: 231 };

/** Window of a daily schedule and its grace of a tenth: silent for longer than this, a backup is MISSING. */
const MISSING_AFTER_MS = DAY + DAY / 10;
const MISSING_AFTER_START_MS = 100 * SECOND;
const LATE_ARRIVAL_MS = 6 * MINUTE;

/** The backup that is late when the demo first starts, goes missing while one watches, and comes at last. */
function tellShopBackup({ firstStartAt }: Stage, from: Date, until: Date): StoryMail[] {
  const last = later(firstStartAt, MISSING_AFTER_START_MS - MISSING_AFTER_MS);
  const tell = (at: Date): StoryMail => writeBackup(`backup-shop-db-${nameOfDay(at)}`, SHOP_DB, at);
  const arrivals = [tell(last), tell(later(firstStartAt, LATE_ARRIVAL_MS))];
  for (let at = later(last, -DAY); at > from; at = later(at, -DAY)) arrivals.push(tell(shaken(at)));
  for (let at = later(last, 2 * DAY); at <= until; at = later(at, DAY)) arrivals.push(tell(shaken(at)));
  return arrivals;
}

function shaken(at: Date): Date {
  return later(at, drawNumber(at.toISOString(), -15, 15) * SECOND);
}

interface Job {
  name: string;
  minute: number;
  from: string;
  tags: string;
  subject: string;
  body: (key: string) => string;
}

const JOBS: readonly Job[] = [
  {
    name: 'order-export',
    minute: 7,
    from: 'Order export <export@app1.shop.example>',
    tags: ':info: :org:shop.frontend.orders: :svr:app1.shop.example: :sched-perhour-1/0:',
    subject: 'Order export completed',
    body: (key) => `${drawNumber(key, 40, 420)} orders handed to accounting, 0 rejected.`,
  },
  {
    name: 'search-index',
    minute: 41,
    from: 'Search <search@app2.shop.example>',
    tags: ':info: :org:shop.frontend.search: :svr:app2.shop.example: :sched-perhour-1/0:',
    subject: 'Search index rebuilt successfully',
    body: (key) => `${drawNumber(key, 18_000, 19_000)} products in ${drawNumber(key, 60, 95)} s.`,
  },
];

function tellJob(job: Job, hour: Date): StoryMail {
  const key = `${job.name}-${hour.toISOString().slice(0, 13)}`;
  return {
    id: key,
    at: later(hour, job.minute * MINUTE + drawNumber(key, 0, 40) * SECOND),
    from: job.from,
    subject: `${job.tags} ${job.subject}`,
    body: job.body(key),
  };
}

/** Untagged: it waits in Unclassified for a rule. */
function tellLogwatch(day: Date): StoryMail {
  const name = nameOfDay(day);
  return {
    id: `logwatch-${name}`,
    at: later(day, 385 * MINUTE + drawNumber(`logwatch ${name}`, 0, 30) * SECOND),
    from: 'logwatch@web1.shop.example',
    subject: 'Logwatch for web1 (Linux)',
    body: [
      ' ################### Logwatch 7.7 ####################',
      `        Processing Initiated: ${name}`,
      ' --------------------- SSHD Begin ------------------------',
      ` Illegal users from: 203.0.113.${drawNumber(name, 1, 254)}: ${drawNumber(name, 3, 90)} Time(s)`,
      ' ---------------------- SSHD End -------------------------',
    ].join('\n'),
  };
}

function tellCleanup(at: Date): StoryMail {
  const key = `cleanup-${at.toISOString().slice(0, 13)}`;
  return {
    id: key,
    at: later(at, 12 * SECOND),
    from: '(Cron Daemon) <root@web2.shop.example>',
    subject: 'Cron <www-data@web2> php /srv/shop/cron/cleanup.php',
    body: `PHP Notice:  Undefined index: basket in /srv/shop/cron/cleanup.php on line 88\nremoved ${drawNumber(key, 20, 900)} stale baskets`,
  };
}
