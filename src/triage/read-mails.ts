/**
 * First stage: raw mails become MSEs. A mail beyond reading is set aside with the reason, the others go on.
 */
import { describeError } from '../kernel/errors.ts';
import { readMail, type ReadMail } from '../inbound/parse/read-mail.ts';
import { newMse, type Mse, type StoredMail } from './mse.ts';

export interface Unreadable {
  mail: StoredMail;
  reason: string;
}

export interface ReadBatch {
  mses: Mse[];
  unreadable: Unreadable[];
}

export async function readMails(mails: readonly StoredMail[]): Promise<ReadBatch> {
  const batch: ReadBatch = { mses: [], unreadable: [] };
  // One by one: a batch in parallel would hold all parsers' memory at once and be no faster on one thread.
  for (const mail of mails) {
    try {
      batch.mses.push(newMse(mail, readable(await readMail(mail.raw))));
    } catch (error) {
      batch.unreadable.push({ mail, reason: `The mail cannot be read: ${describeError(error)}` });
    }
  }
  return batch;
}

/** RFC 5322 §2.1.1 allows 998; far beyond, the "subject" is a body that lost its empty line. */
const LONGEST_SUBJECT = 2000;

function readable(mail: ReadMail): ReadMail {
  return mail.subject.length > LONGEST_SUBJECT
    ? { ...mail, subject: `${mail.subject.slice(0, LONGEST_SUBJECT)}…` }
    : mail;
}
