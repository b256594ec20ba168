/**
 * A monitoring status email on its way through triage: what it says, and what has been found in it so far. Stages
 * fill findings; the first source that decides a field keeps it (semantics §4).
 */
import type { MseId } from '../kernel/ids.ts';
import type { Door } from '../inbound/door.ts';
import type { ReadMail } from '../inbound/parse/read-mail.ts';
import type { MailState } from '../events/mail-state.ts';
import type { Severity } from '../events/severity.ts';
import type { Schedule } from './tags/grammar.ts';

export type Source = 'tag' | 'rule' | 'parser' | 'model' | 'human' | 'none';

export interface Finding<T> {
  value: T;
  source: Source;
  /** From 0 to 1; tags, rules and people are certain. */
  confidence: number;
  /** For the explain card: what in the mail spoke, in a person's words. */
  reason: string;
  /** What spoke for it and against it, the strongest first; of sources that weigh. */
  clues?: Clue[];
}

export interface Clue {
  text: string;
  /** Above 0 it spoke for the value. */
  weight: number;
}

/** What a source said that did not decide. */
export type OtherFinding = Omit<Finding<unknown>, 'clues'> & { field: keyof Findings };

export interface Findings {
  severity?: Finding<Severity>;
  /** The primary path; further ones in `orgs`. */
  org?: Finding<string>;
  servers?: Finding<string[]>;
  state?: Finding<MailState>;
  schedule?: Finding<Schedule>;
  noise?: Finding<boolean>;
}

export interface Signal {
  /** Equal for a problem and its recovery. */
  key: string;
  /** Readable form of the key: sender, org, servers, masked subject. */
  label: string;
}

/** What a tool parser, or the general one, understood beside the findings. */
export interface ToolReading {
  /** The tool's name as in its own documentation, lower case; "general" when the tool is unknown. */
  tool: string;
  /** Hosts as written: full names, short names or addresses; triage/servers makes full names of them. */
  hosts: string[];
  /** The row on the tool's own screen: service, check, device, job … without state words and values. */
  service: string | null;
  /** One row for many hosts that come and go, such as a group of alerts: they are no part of the signal. */
  isGroup?: boolean;
}

/** That a run of a job has started or ended. */
export interface RunMark {
  phase: 'started' | 'finished';
  /** Equal for all runs of a job. */
  jobKey: string;
  /** For people. */
  name: string;
  /** Which run it is, where mails number them. */
  runId: string | null;
  /** Of an end; null when it says neither. */
  outcome: 'success' | 'failure' | null;
}

/** That a mail replies to one of our notices, and what came of it. */
export interface Reply {
  deliveryId: string;
  /** What says that a machine wrote it; null for a person. */
  automatic: string | null;
  /** A mail server on the way says that the sender's domain disowns it. */
  isDisowned: boolean;
  /** What the person wrote themselves. */
  lines: string[];
  /** Null until it is settled. */
  outcome: { what: string; isDone: boolean; eventId: string | null } | null;
}

export interface Mse {
  readonly id: MseId;
  readonly receivedAt: Date;
  readonly door: Door;
  readonly raw: Buffer;
  readonly mail: ReadMail;
  findings: Findings;
  /** What the other sources would have said. */
  others: OtherFinding[];
  /** All org paths tagged, the primary first. */
  orgs: string[];
  lint: string[];
  signal: Signal | null;
  run: RunMark | null;
  /** One of our own notices that came back, or a bounce of one: recorded, never told about. */
  isOwn: boolean;
  /** Which tool wrote it and what it speaks of; null when no parser knows. */
  reading: ToolReading | null;
  /** Servers that the text names without being about them, such as the file server that a client waits for. */
  mentions: string[];
  /** The mined shape of the text. */
  templateId: string | null;
  /** The notice that this mail says could not be delivered. */
  bouncedNotice: { deliveryId: string; reason: string } | null;
  /** Null for a monitoring mail. */
  reply: Reply | null;
  /** Rules that matched, in their order. */
  matchedRules: string[];
}

export type StoredMail = Pick<Mse, 'id' | 'receivedAt' | 'door' | 'raw'>;

export function newMse(stored: StoredMail, mail: ReadMail): Mse {
  return {
    ...stored,
    mail,
    findings: {},
    others: [],
    orgs: [],
    lint: [],
    signal: null,
    run: null,
    isOwn: false,
    reading: null,
    mentions: [],
    templateId: null,
    bouncedNotice: null,
    reply: null,
    matchedRules: [],
  };
}

/**
 * Decides a field unless an earlier source has; whichever does not decide stays among the others.
 * @param over earlier sources that give way: a parser to a model that people taught otherwise (semantics §4)
 * @returns true when the finding decides
 */
export function decide<Field extends keyof Findings>(
  mse: Mse,
  field: Field,
  finding: NonNullable<Findings[Field]>,
  over: readonly Source[] = [],
): boolean {
  const former = mse.findings[field];
  if (former && !over.includes(former.source)) {
    keepOther(mse, field, finding);
    return false;
  }
  if (former) keepOther(mse, field, former);
  mse.findings[field] = finding;
  return true;
}

/** Many rules may match one mail; the first few that came too late are enough to see. */
const MOST_OTHERS = 8;

function keepOther(mse: Mse, field: keyof Findings, finding: Finding<unknown>): void {
  if (mse.others.length >= MOST_OTHERS) return;
  const { value, source, confidence, reason } = finding;
  mse.others.push({ field, value, source, confidence, reason });
}

/** Former findings stay beside those by which a person replaced them; a person's own earlier word is in the timeline. */
export function replaceFindings(
  before: Findings & { others?: OtherFinding[] },
  by: Findings,
): { others: OtherFinding[] } & Findings {
  const replaced = (Object.keys(by) as (keyof Findings)[]).flatMap((field): OtherFinding[] => {
    const former = before[field];
    if (!former || former.source === 'human') return [];
    const { value, source, confidence, reason } = former;
    return [{ field, value, source, confidence, reason }];
  });
  return { ...before, ...by, others: [...replaced, ...(before.others ?? [])].slice(0, MOST_OTHERS) };
}
