/** Learns a model from what is stored: the house's samples, mails that tags and rules decided, what people put right. */
import { rows, type Tx } from '../../db/transaction.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { coldStart } from './cold-start.ts';
import { LESSON, readLessonsOf } from './lessons.ts';
import { TenantModel, type Lesson } from './tenant-model.ts';

/** The newest mails that tags or rules decided. */
const MOST_MAILS = 5000;

export interface Relearnt {
  model: TenantModel;
  lessons: number;
  mails: number;
}

/** @param knows versions whose corrections count; those that nobody has learnt yet count as well */
export async function relearn(tx: Tx, tenantId: TenantId, knows: string): Promise<Relearnt> {
  const model = new TenantModel(await coldStart());
  model.knows = knows;
  const mails = await readTaughtMails(tx, tenantId);
  for (const { orgSource, severitySource, ...mail } of mails) {
    model.bag.read(mail);
    const by = orgSource === 'tag' || severitySource === 'tag' ? 'tag' : 'rule';
    model.learnMail(orgSource && mail.org, severitySource && mail.severity, by);
  }
  const lessons = await readLessonsOf(tx, tenantId, knows);
  for (const lesson of lessons) model.learnLesson(lesson);
  return { model, lessons: lessons.length, mails: mails.length };
}

type TaughtMail = Omit<Lesson, 'wrongOrg' | 'wrongSeverity'> & {
  orgSource: 'tag' | 'rule' | null;
  severitySource: 'tag' | 'rule' | null;
};

async function readTaughtMails(tx: Tx, tenantId: TenantId): Promise<TaughtMail[]> {
  const sourceOf = (field: string) =>
    `case when m.findings -> '${field}' ->> 'source' in ('tag', 'rule') then m.findings -> '${field}' ->> 'source' end`;
  return rows<TaughtMail>(
    tx,
    `select m.id, m.org, m.severity, ${LESSON}, ${sourceOf('org')} as "orgSource", ${sourceOf('severity')} as "severitySource"
     from (select * from mses where tenant_id = $1
         and (findings -> 'org' ->> 'source' in ('tag', 'rule') or findings -> 'severity' ->> 'source' in ('tag', 'rule'))
       order by received_at desc limit ${MOST_MAILS}) m
     join mail_texts t on t.tenant_id = $1 and t.mse_id = m.id order by m.received_at`,
    [tenantId],
  );
}
