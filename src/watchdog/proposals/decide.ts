/** Accepting a proposal declares its schedule, with the mails that are known: it is judged from now on, not learnt anew. */
import { Conflict } from '../../kernel/errors.ts';
import type { StreamId, TenantId } from '../../kernel/ids.ts';
import { affected, type Tx } from '../../db/transaction.ts';
import { deviationsOf } from '../spread.ts';
import { declareStream, type Stream } from '../streams.ts';
import { listMailsOfSignals } from './recurring-mails.ts';
import { decideProposal, getProposal, type StoredProposal } from './store.ts';

/**
 * @param mask takes numbers and states out of a subject, as arrivals are counted
 * @throws NotFound, Conflict `already-decided`, `schedule-exists`
 */
export async function acceptProposal(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  by: string,
  mask: (rawSubject: string) => string,
  now: Date,
): Promise<Stream> {
  const proposal = await decide(tx, tenantId, id, 'accepted', by, now);
  const { name, sender, subject, servers, pace } = proposal;
  const stream = await declareStream(
    tx,
    tenantId,
    {
      name: name.slice(0, LONGEST_NAME),
      sender,
      subject,
      servers,
      ...(pace.cron
        ? { cron: pace.cron.expression, timezone: pace.cron.timezone }
        : { period: pace.period, n: pace.n, variance: pace.variance }),
    },
    now,
  );
  await giveHistory(tx, tenantId, stream, proposal, mask, now);
  return stream;
}

/** As in forms. */
const LONGEST_NAME = 200;

/** Refused once, it is not proposed again. @throws NotFound, Conflict `already-decided` */
export async function refuseProposal(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  by: string,
  now: Date,
): Promise<StoredProposal> {
  return decide(tx, tenantId, id, 'refused', by, now);
}

async function decide(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  state: 'accepted' | 'refused',
  by: string,
  now: Date,
): Promise<StoredProposal> {
  const proposal = await getProposal(tx, tenantId, id, 'for update');
  if (!(await decideProposal(tx, tenantId, proposal.id, state, by, now))) {
    throw new Conflict(
      `${proposal.decidedBy} has ${proposal.state} this proposal already.`,
      'already-decided',
    );
  }
  return getProposal(tx, tenantId, id);
}

/** The mails that came count as if it had been declared before them; what they would have broken is past. */
async function giveHistory(
  tx: Tx,
  tenantId: TenantId,
  stream: Stream,
  { signalKey, sender, subject, servers, pace }: StoredProposal,
  mask: (rawSubject: string) => string,
  now: Date,
): Promise<void> {
  const mails = (await listMailsOfSignals(tx, tenantId, [signalKey], now)).filter(
    (mail) =>
      mail.sender === sender &&
      mask(mail.rawSubject) === subject &&
      servers.every((server) => mail.servers.includes(server)),
  );
  const instants = mails.map(({ at }) => at.getTime());
  await saveArrivals(tx, tenantId, stream.id, mails);
  await affected(
    tx,
    `update streams set first_at = coalesce($3, first_at), last_arrival_at = $4, judged_until = $5, due_at = $5,
       deviations = $6, learned_grace_seconds = $7
     where tenant_id = $1 and id = $2`,
    [
      tenantId,
      stream.id,
      mails[0]?.at ?? null,
      mails.at(-1)?.at ?? null,
      now,
      deviationsOf(stream, instants, -1, Infinity),
      pace.learnedGraceSeconds,
    ],
  );
}

async function saveArrivals(
  tx: Tx,
  tenantId: TenantId,
  streamId: StreamId,
  mails: readonly { mseId: string; at: Date }[],
): Promise<void> {
  await affected(
    tx,
    `insert into stream_arrivals (tenant_id, stream_id, at, mse_id)
     select $1, $2, a.at, a.id from unnest($3::timestamptz[], $4::uuid[]) as a (at, id) on conflict do nothing`,
    [tenantId, streamId, mails.map(({ at }) => at), mails.map(({ mseId }) => mseId)],
  );
}
