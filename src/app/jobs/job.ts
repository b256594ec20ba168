/** One loop of the process: what it does, how often, for which role, under which lease. */
import type { ProcessRole } from '../../config/schema.ts';
import { SECOND } from '../../kernel/clock.ts';
import type { LoopWork } from '../../kernel/loop.ts';

export interface Job extends LoopWork {
  /** null: every process runs it. */
  role: ProcessRole | null;
  /** Only the process that holds it runs the job. */
  lease?: string;
  /** Its queue: the job is woken when the expression is true; its own period is what a lost wake-up costs. */
  isDue?: string;
}

/** For jobs that are woken when something is due. */
export const UNLESS_WOKEN_MS = 10 * SECOND;
