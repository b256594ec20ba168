/** What a command works in, and how it says that the answer is no. */
import type { Settings } from '../config/schema.ts';

/** What commands may use of their surroundings; tests hand in their own. */
export interface Surroundings {
  environment: Record<string, string | undefined>;
  out: (text: string) => void;
  error: (text: string) => void;
  readStdin: () => Promise<string>;
}

export interface Context extends Surroundings {
  settings: () => Settings;
}

/** A command that did its work and found that the answer is no, such as a failed mailbox test. */
export class CommandFailed extends Error {}
