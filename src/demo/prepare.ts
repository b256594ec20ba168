/** Before the curtain: brings the data folder up to the present moment, whatever state it was left in. */
import { once } from 'node:events';
import { wire } from '../app/wiring.ts';
import type { Settings } from '../config/schema.ts';
import { openDatabase } from '../db/data-source.ts';
import { migrate } from '../db/migrate.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { StopStack } from '../kernel/stop-stack.ts';
import { assembleCast, type Cast } from './cast.ts';
import { liveThrough, toldUntil } from './live-through.ts';
import type { MailAccount, MailServer } from './mail-server.ts';
import { StoryClock } from './story-clock.ts';
import type { Stage } from './story/story.ts';

export interface Prepared {
  cast: Cast;
  stage: Stage;
  /** The story has been told up to here. */
  toldUntil: Date;
}

/** @throws what `signal` says when it is aborted; the next start goes on from there */
export async function prepare(
  settings: Settings,
  server: MailServer,
  account: MailAccount,
  log: Log,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Prepared> {
  const startAt = systemClock.now();
  const clock = new StoryClock(startAt);
  const stack = new StopStack(log);
  try {
    // The database's death shows in whatever is waiting for it.
    const database = await unlessAborted(
      openDatabase(settings, () => undefined),
      signal,
    );
    stack.push('database', database.close);
    await migrate(database.dataSource, database.isEmbedded);
    const parts = wire({ ...settings, DATAMER_SMTP_PORT: 'off' }, database, clock, log);
    stack.push('leases', () => parts.leases.releaseAll());
    stack.push('mail transport', () => parts.mail?.close());
    signal.throwIfAborted();
    const cast = await assembleCast(parts, server, account);
    const stage = { firstStartAt: cast.tenant.createdAt, startAt };
    const until = systemClock.now();
    const story = { stage, from: toldUntil(cast), until };
    await liveThrough({ parts, cast, server, clock, signal, onProgress, ...story });
    return { cast, stage, toldUntil: until };
  } finally {
    await stack.stopAll();
  }
}

/** Making a database takes seconds and cannot be cut short, only left; the next start makes it anew. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = once(signal, 'abort').then(() => {
    throw signal.reason;
  });
  return Promise.race([work, aborted]);
}
