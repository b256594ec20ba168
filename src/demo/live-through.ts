/**
 * Lives through what happened before the demo was started: the mails come in over IMAP in their order, each with its
 * arrival time, the app's own loops work on them with the clock of the story, and between mails people do what they
 * did then. So delays, verdicts and notices of the history are what they would have been.
 */
import type { Job } from '../app/jobs/job.ts';
import { listJobs } from '../app/jobs/list-jobs.ts';
import type { Parts } from '../app/wiring.ts';
import { between, DAY, later, latest, MINUTE } from '../kernel/clock.ts';
import type { Cast } from './cast.ts';
import { doDeed } from './do-deed.ts';
import type { MailServer } from './mail-server.ts';
import type { StoryClock } from './story-clock.ts';
import { HISTORY_MS, type Deed, type Stage, type Story, type StoryMail } from './story/story.ts';
import { tellStory } from './story/tell-story.ts';
import { writeMail } from './story/write-mail.ts';

/** What was cut off in the middle is told again from here on: deduplication and the timelines know what is there. */
const TOLD_AGAIN_MS = 10 * MINUTE;

/** Where the story of this data folder has been told up to. */
export function toldUntil({ tenant, mailbox }: Cast): Date {
  const beginning = later(tenant.createdAt, -HISTORY_MS);
  return mailbox.readUntil ? latest(beginning, later(mailbox.readUntil, -TOLD_AGAIN_MS)) : beginning;
}

export interface LivedThrough {
  parts: Parts;
  cast: Cast;
  server: MailServer;
  clock: StoryClock;
  stage: Stage;
  from: Date;
  until: Date;
  signal: AbortSignal;
  /** From 0 to 1. */
  onProgress: (share: number) => void;
}

export async function liveThrough(options: LivedThrough): Promise<void> {
  const { parts, cast, server, clock, stage, from, until, signal, onProgress } = options;
  const jobs = pickJobs(parts);
  clock.moveTo(from);
  await parts.supervisor.tend(from);
  try {
    for (const { mails, deeds, endAt } of stepsOf(tellStory(stage, from, until), until)) {
      signal.throwIfAborted();
      clock.moveTo(endAt);
      server.post(mails.map((mail) => ({ at: mail.at, raw: writeMail(mail) })));
      await server.whenEmptied(signal);
      await settle(jobs, endAt, signal);
      for (const deed of deeds) {
        clock.moveTo(deed.at);
        await doDeed(parts, cast, deed);
      }
      onProgress(between(from, endAt) / between(from, until));
    }
  } finally {
    await parts.supervisor.stop();
  }
}

/** Doors are not beating then, and blindness was not watched for. */
const JOBS = ['triage', 'watchdog', 'quiet', 'dispatch', 'send'];

function pickJobs(parts: Parts): Job[] {
  return listJobs(parts).filter(({ name }) => JOBS.includes(name));
}

async function settle(jobs: readonly Job[], now: Date, signal: AbortSignal): Promise<void> {
  for (const job of jobs) {
    while (await job.run(now, signal));
  }
}

interface Step {
  mails: StoryMail[];
  /** What people do once the mails are in. */
  deeds: Deed[];
  endAt: Date;
}

/**
 * Cuts the story before a mail that ends what people were still to do something about, and at least once a day. Other
 * mail may run ahead of people: it changes nothing about what they do, and each step costs.
 */
export function stepsOf({ mails, deeds }: Story, until: Date): Step[] {
  const steps: Step[] = [];
  let waiting = deeds;
  let step: Step = { mails: [], deeds: [], endAt: until };
  for (const mail of mails) {
    const first = step.mails[0];
    const isFull = first !== undefined && between(first.at, mail.at) > DAY;
    const isEnding = mail.ends !== undefined && waiting.some((deed) => deed.mail === mail.ends);
    if (isFull || isEnding) {
      step.deeds = waiting.filter(({ at }) => at < mail.at);
      waiting = waiting.filter(({ at }) => at >= mail.at);
      // Without mail before it, time goes as far as is known to hold none.
      steps.push(first ? step : { ...step, endAt: mail.at });
      step = { mails: [], deeds: [], endAt: until };
    }
    step.mails.push(mail);
    step.endAt = mail.at;
  }
  return [...steps, { ...step, deeds: waiting, endAt: until }];
}
