/** Whether this process can do its work: probes are handed in, each answers null or a sentence. */
import { withinMs } from '../kernel/stop-stack.ts';
import { describeError } from '../kernel/errors.ts';
import { SECOND } from '../kernel/clock.ts';

export interface Probe {
  name: string;
  /** @returns null when all is well, else what is wrong */
  check: () => Promise<string | null>;
}

export interface Health {
  isReady: boolean;
  reasons: string[];
}

/** A probe that hangs is an answer too. */
const PROBE_LIMIT_MS = 3 * SECOND;

export async function checkHealth(probes: readonly Probe[]): Promise<Health> {
  const reasons = (await Promise.all(probes.map(ask))).filter((reason): reason is string => reason !== null);
  return { isReady: reasons.length === 0, reasons };
}

async function ask({ name, check }: Probe): Promise<string | null> {
  try {
    const problem = await withinMs(PROBE_LIMIT_MS, check(), name);
    return problem === null ? null : `${name}: ${problem}`;
  } catch (error) {
    return `${name}: ${describeError(error)}`;
  }
}
