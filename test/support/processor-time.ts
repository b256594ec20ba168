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
