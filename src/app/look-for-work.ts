/**
 * Whether something waits to be done, asked of every queue in one statement; the loops that work on them sleep until
 * then. Each of them polling by itself kept an idle process busy with hundreds of transactions a minute.
 */
import { acrossTenants, oneRow } from '../db/transaction.ts';
import { SECOND } from '../kernel/clock.ts';
import type { LoopWork } from '../kernel/loop.ts';
import type { Job } from './jobs/job.ts';
import type { Parts } from './wiring.ts';

/** What this process stores wakes its loops at once: only another process's mail, and time, are noticed here. */
const EMBEDDED_EVERY_MS = 2 * SECOND;
const SHARED_EVERY_MS = SECOND;

export function lookForWork(
  { database }: Parts,
  jobs: readonly Job[],
  wake: (name: string) => void,
): LoopWork {
  const queues = jobs.flatMap(({ name, isDue }) => (isDue ? [{ name, isDue }] : []));
  // The first column gives $1 its type also where no queue asks for the time.
  const question = ['$1::timestamptz', ...queues.map(({ isDue }, index) => `(${isDue}) as q${index}`)];
  return {
    name: 'look for work',
    everyMs: database.isEmbedded ? EMBEDDED_EVERY_MS : SHARED_EVERY_MS,
    run: async (now) => {
      const isDue = await acrossTenants(database.dataSource, (tx) =>
        oneRow<Record<string, boolean>>(tx, `select ${question.join(', ')}`, [now]),
      );
      for (const [index, { name }] of queues.entries()) if (isDue?.[`q${index}`]) wake(name);
      return false;
    },
  };
}
