/** Whether a step reached nobody, which is no reason to wait for the next one. Pure. */
import type { Step } from './policy.ts';
import { reach, type Reached, type Targets } from './targets.ts';

/** A person whose mail came back is tried again, but waited for only where nobody is reached for certain by any step. */
export function isInVain(
  reached: readonly Reached[],
  steps: readonly Step[],
  targets: Targets,
  now: Date,
): boolean {
  if (!reaches(reached)) return true;
  return !reachesSurely(reached) && reachesSurely(reachedByAny(steps, targets, now));
}

export function reaches(reached: readonly Reached[]): boolean {
  return reached.some(({ told }) => told.length > 0);
}

export function reachesSurely(reached: readonly Reached[]): boolean {
  return reached.some(({ told, unreachable }) => told.length > unreachable.length);
}

export function reachedByAny(steps: readonly Step[], targets: Targets, now: Date): Reached[] {
  return steps.flatMap((step) => step.targets.map((target) => reach(target, targets, now)));
}
