import { describe, expect, it } from '@jest/globals';
import { HOUR, later, MINUTE, SECOND } from '../../src/kernel/clock.ts';
import type { LoopHealth } from '../../src/kernel/loop.ts';
import {
  findInstallationProblems,
  findProcessProblems,
  type InstallationSigns,
  type ProcessSigns,
} from '../../src/selfwatch/find-problems.ts';

const NOW = new Date('2026-03-10T08:00:00Z');
const ago = (ms: number): Date => later(NOW, -ms);

const WELL: InstallationSigns = {
  quarantines: [],
  mailboxes: [{ tenant: 'acme', name: 'a@mx/INBOX', seenAt: ago(20 * SECOND), error: null }],
  backlogs: [{ tenant: 'acme', oldestAt: ago(MINUTE) }],
  failingNotices: { count: 0, lastError: null },
  processes: [{ name: 'host1 web', aliveAt: ago(30 * SECOND) }],
  canarySentAt: ago(10 * SECOND),
};

const PROCESS: ProcessSigns = { name: 'host1 all', loops: [], writesMs: [3, 4, 3], freeBytes: 2 ** 40 };

function loop(change: Partial<LoopHealth>): LoopHealth {
  const health = { name: 'send', everyMs: SECOND, startedAt: ago(HOUR), lastRunAt: ago(SECOND) };
  return { ...health, lastError: null, failures: 0, ...change };
}

describe('What is wrong with an installation', () => {
  const CASES: [string, Partial<InstallationSigns>, string[]][] = [
    ['nothing while all is well', {}, []],
    [
      'mails in quarantine',
      { quarantines: [{ tenant: 'acme', count: 2, reason: 'too deep' }] },
      ['warn datamer.inbound.quarantine quarantine of acme'],
    ],
    [
      'a mailbox unread for more than a minute',
      { mailboxes: [{ tenant: 'acme', name: 'a@mx/INBOX', seenAt: ago(61 * SECOND), error: 'refused' }] },
      ['critical datamer.inbound.imap mailbox a@mx/INBOX of acme'],
    ],
    [
      'a mail server that takes all its mailboxes along, as one',
      {
        mailboxes: Array.from({ length: 200 }, (_, index) => ({
          tenant: 'acme',
          name: `a${index}@mx/INBOX`,
          seenAt: ago(HOUR),
          error: null,
        })),
      },
      ['critical datamer.inbound.imap many mailboxes'],
    ],
    [
      'mail that waits for triage',
      { backlogs: [{ tenant: 'acme', oldestAt: ago(6 * MINUTE) }] },
      ['warn datamer.triage backlog of acme'],
    ],
    [
      'notices that nobody takes',
      { failingNotices: { count: 3, lastError: 'ECONNREFUSED' } },
      ['warn datamer.outbound delivery of notices'],
    ],
    [
      'a process that fell silent',
      { processes: [{ name: 'host2 intake', aliveAt: ago(6 * MINUTE) }] },
      ['critical datamer.service process host2 intake'],
    ],
    ['a late canary', { canarySentAt: ago(3 * MINUTE) }, ['critical datamer.canary canary']],
  ];

  it.each(CASES)('%s', (_what, change, expected) => {
    const found = findInstallationProblems({ ...WELL, ...change }, NOW);
    expect(found.map(({ severity, org, title }) => `${severity} ${org} ${title}`)).toEqual(expected);
  });
});

describe('What is wrong with a process', () => {
  const CASES: [string, Partial<ProcessSigns>, string[]][] = [
    ['nothing while all is well', { loops: [loop({})] }, []],
    ['not a loop that failed once', { loops: [loop({ lastError: 'oh', failures: 1 })] }, []],
    [
      'a loop that failed three times in a row',
      { loops: [loop({ lastError: 'oh', failures: 3 })] },
      ['warn datamer.outbound loop send of host1 all'],
    ],
    [
      'a loop that hangs in a run',
      { loops: [loop({ name: 'watchdog', lastRunAt: ago(MINUTE) })] },
      ['critical datamer.watchdog loop watchdog of host1 all'],
    ],
    [
      'a loop that hangs in its first run',
      { loops: [loop({ name: 'triage', startedAt: ago(MINUTE), lastRunAt: null })] },
      ['critical datamer.triage loop triage of host1 all'],
    ],
    ['not a loop that runs once an hour', { loops: [loop({ everyMs: HOUR, lastRunAt: ago(HOUR) })] }, []],
    [
      'a loop of an hour that did not come',
      { loops: [loop({ name: 'clean up', everyMs: HOUR, lastRunAt: ago(1.2 * HOUR) })] },
      ['critical datamer.data.db loop clean up of host1 all'],
    ],
    ['not one slow write', { writesMs: [3, 5000, 3] }, []],
    [
      'a slow database',
      { writesMs: [2500, 5000, 2100] },
      ['warn datamer.data.db database as seen by host1 all'],
    ],
    ['a disk that fills', { freeBytes: 2 ** 29 }, ['warn datamer.data.disk data folder of host1 all']],
    ['a full disk', { freeBytes: 2 ** 20 }, ['critical datamer.data.disk data folder of host1 all']],
    ['not a folder that cannot be measured', { freeBytes: null }, []],
  ];

  it.each(CASES)('%s', (_what, change, expected) => {
    const found = findProcessProblems({ ...PROCESS, ...change }, NOW);
    expect(found.map(({ severity, org, title }) => `${severity} ${org} ${title}`)).toEqual(expected);
  });
});
