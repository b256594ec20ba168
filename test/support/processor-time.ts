/**
 * How long work keeps the processor, where a test says that hostile input takes no time: on a busy machine a clock on
 * the wall would measure the neighbours.
 */

/** @returns milliseconds of this process, all its threads together */
export function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Enough to outlast a collection of garbage, whose threads count as well. */
const MOST_TURNS = 40;
/** No bound is so low that a turn faster than this has to be tried again. */
const FAST_MS = 1;

/** The best of a few turns, for bounds of a few milliseconds: nothing makes code faster than it is. */
export function leastProcessorMs(work: () => void): number {
  let least = Infinity;
  for (let turn = 0; turn < MOST_TURNS && least > FAST_MS; turn += 1)
    least = Math.min(least, processorMs(work));
  return least;
}
