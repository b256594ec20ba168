/** Mails of tools without a parser, in training-data/unseen.jsonl: what the general reader makes of them. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readMail } from '../../src/inbound/parse/read-mail.ts';
import type { MseId } from '../../src/kernel/ids.ts';
import { inPackage } from '../../src/kernel/package-root.ts';
import { newMse, type Mse } from '../../src/triage/mse.ts';
import { runParsers } from '../../src/triage/parsers/run-parsers.ts';
import { findServers } from '../../src/triage/servers/find-servers.ts';
import { Inventory } from '../../src/triage/servers/inventory.ts';
import { deriveSignals } from '../../src/triage/signal.ts';
import { readLabelledMails, type LabelledMail } from '../support/labelled-mails.ts';

const NOW = new Date('2026-03-02T06:00:00Z');
const mails = readLabelledMails(inPackage('training-data', 'unseen.jsonl'));
const triaged = new Map<LabelledMail, Mse>();

beforeAll(async () => {
  const mses: Mse[] = [];
  for (const mail of mails) {
    const { raw, label } = mail;
    const mse = newMse(
      { id: label.file as MseId, receivedAt: NOW, door: 'import', raw },
      await readMail(raw),
    );
    triaged.set(mail, mse);
    mses.push(mse);
  }
  runParsers(mses);
  findServers(mses, { memory: { servers: new Inventory() } });
  deriveSignals(mses);
});

function wrong(isRight: (mse: Mse, mail: LabelledMail) => boolean): string[] {
  const bad = [...triaged].filter(([mail, mse]) => !isRight(mse, mail));
  return bad.map(([{ label }, mse]) => `${label.file} (${label.tool}): ${mse.mail.subject}`);
}

function stateOf({ findings }: Mse) {
  return findings.state?.value ?? 'unknown';
}

describe('A tool never seen', () => {
  it('is never read the wrong way round', () => {
    const opens = new Set(['problem', 'failure']);
    const closes = new Set(['recovery', 'success']);
    const isTurned = (one: string, other: string) => opens.has(one) && closes.has(other);
    const found = wrong((mse, { label }) => {
      const said = stateOf(mse);
      return !isTurned(said, label.state) && !isTurned(label.state, said);
    });
    expect(found).toEqual([]);
  });

  it('has its states understood, but for one in twenty', () => {
    const found = wrong((mse, { label }) => stateOf(mse) === label.state);
    expect({ found, isFew: found.length <= mails.length / 20 }).toMatchObject({ isFew: true });
  });

  it('has its severity understood, but for one in twelve', () => {
    const found = wrong((mse, { label }) => (mse.findings.severity?.value ?? null) === label.severity);
    expect({ found, isFew: found.length <= mails.length / 12 }).toMatchObject({ isFew: true });
  });

  it('has one signal for a problem and its end, but for one in five', () => {
    const keys = new Map<string, Set<string>>();
    for (const [{ label }, mse] of triaged) {
      const known = keys.get(label.signal) ?? new Set();
      keys.set(label.signal, known.add(mse.signal?.key ?? ''));
    }
    const parted = [...keys].filter(([, known]) => known.size > 1).map(([signal]) => signal);
    const pairs = mails.length - keys.size;
    expect({ parted, isFew: parted.length <= pairs / 5 }).toMatchObject({ isFew: true });
  });
});
