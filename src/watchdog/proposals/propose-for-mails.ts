/**
 * Mails without a schedule, sorted into what a declared schedule could count: one sender and masked subject, and where
 * several servers send such mail, each of them. What looks like a schedule becomes a proposal.
 */
import { groupBy } from '../../kernel/group-by.ts';
import { propose, type Proposal } from './propose.ts';
import type { RecurringMail } from './recurring-mails.ts';

/** Which mails a proposal is about. */
export interface ProposalScope {
  sender: string;
  /** Masked. */
  subject: string;
  servers: string[];
}

export interface FoundProposal extends Proposal, ProposalScope {
  name: string;
  signalKey: string;
  /** The last of its mails. */
  last: RecurringMail;
  /** The servers that every one of its mails names alike; empty: they differ, or there are none. */
  alwaysServers: string[];
}

export interface ProposeOptions {
  /** Up to when mails are known. */
  until: Date;
  /** Of the tenant. */
  timeZone: string;
  mask: (rawSubject: string) => string;
}

export interface ReadSignal {
  found: FoundProposal[];
  /** The senders and subjects of its mails. */
  wordings: string[];
}

/** @param mails of one signal, ascending */
export function proposeForMails(mails: readonly RecurringMail[], options: ProposeOptions): ReadSignal {
  const groups = groupBy(mails, ({ sender, rawSubject }) => wordingOf(sender, options.mask(rawSubject)));
  return {
    found: [...groups.values()].flatMap((group) => proposeForGroup(group, options)),
    wordings: [...groups.keys()],
  };
}

function wordingOf(sender: string, subject: string): string {
  return `${sender}\n${subject}`;
}

/** Where several signals share a sender and subject, their schedules count the mails of one server each. */
export function tellApart(signals: readonly ReadSignal[]): FoundProposal[] {
  const counts = new Map<string, number>();
  for (const { wordings } of signals)
    for (const wording of wordings) counts.set(wording, (counts.get(wording) ?? 0) + 1);
  return signals
    .flatMap(({ found: ofSignal }) => ofSignal)
    .flatMap((one) => {
      if ((counts.get(wordingOf(one.sender, one.subject)) ?? 0) <= 1 || one.servers.length > 0) return one;
      return one.alwaysServers.length > 0 ? { ...one, servers: one.alwaysServers } : [];
    });
}

function proposeForGroup(mails: RecurringMail[], options: ProposeOptions): FoundProposal[] {
  const last = mails.at(-1);
  const subject = last ? options.mask(last.rawSubject) : '';
  // A schedule without a subject would count whatever the sender writes.
  if (!last || subject === '' || isOfIncidents(mails)) return [];
  const byServer = groupBy(mails, serversOf);
  const perServer = [...byServer.values()].flatMap((ofServer) => {
    const servers = ofServer[0]?.servers ?? [];
    return byServer.size > 1 && servers.length > 0 ? found(ofServer, subject, servers, options) : [];
  });
  // Of several servers one that is missing would hide behind the others.
  const covered = perServer.reduce((sum, { count }) => sum + count, 0);
  if (covered * 2 >= mails.length) return perServer;
  return found(mails, subject, [], options);
}

function found(
  mails: readonly RecurringMail[],
  subject: string,
  servers: string[],
  { until, timeZone }: ProposeOptions,
): FoundProposal[] {
  const last = mails.at(-1);
  const proposal = propose(
    mails.map(({ at }) => at.getTime()),
    until.getTime(),
    timeZone,
  );
  if (!proposal || !last) return [];
  const { sender, rawSubject, signalKey } = last;
  const isAlike = mails.every((mail) => serversOf(mail) === serversOf(last));
  const alwaysServers = isAlike ? last.servers : [];
  return [{ ...proposal, sender, subject, servers, name: rawSubject.trim(), signalKey, last, alwaysServers }];
}

function serversOf({ servers }: RecurringMail): string {
  return [...servers].sort().join(',');
}

/** Reminders of a problem are regular as long as it lasts, and their end is good news. */
const INCIDENT_STATES = new Set(['problem', 'recovery', 'acknowledgement']);

function isOfIncidents(mails: readonly RecurringMail[]): boolean {
  return mails.filter(({ state }) => INCIDENT_STATES.has(state)).length * 2 > mails.length;
}
