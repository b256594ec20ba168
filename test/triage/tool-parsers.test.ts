/** The samples in training-data/ on their way through triage: a row of a tool's screen is one signal, and no other row is. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { effectOf } from '../../src/events/mail-state.ts';
import { readMail } from '../../src/inbound/parse/read-mail.ts';
import type { MseId } from '../../src/kernel/ids.ts';
import { newMse, type Mse } from '../../src/triage/mse.ts';
import { runParsers } from '../../src/triage/parsers/run-parsers.ts';
import { findServers } from '../../src/triage/servers/find-servers.ts';
import { Inventory } from '../../src/triage/servers/inventory.ts';
import { deriveSignals } from '../../src/triage/signal.ts';
import { readSamples, type Sample } from '../support/samples.ts';

const NOW = new Date('2026-03-02T06:00:00Z');
const samples = readSamples().filter(({ label }) => label.signal);
const rows = rowsOf(samples);
const triaged = new Map<Sample, Mse>();

beforeAll(async () => {
  const mses: Mse[] = [];
  for (const sample of samples) {
    const { file, raw } = sample;
    const mse = newMse({ id: file as MseId, receivedAt: NOW, door: 'import', raw }, await readMail(raw));
    triaged.set(sample, mse);
    mses.push(mse);
  }
  runParsers(mses);
  findServers(mses, { memory: { servers: new Inventory() } });
  deriveSignals(mses);
});

function rowsOf(all: readonly Sample[]): Map<string, Sample[]> {
  const found = new Map<string, Sample[]>();
  for (const sample of all) {
    const signal = sample.label.signal ?? '';
    found.set(signal, [...(found.get(signal) ?? []), sample]);
  }
  return found;
}

function keysOf(row: readonly Sample[]): (string | undefined)[] {
  return [...new Set(row.map((sample) => triaged.get(sample)?.signal?.key))];
}

describe('A signal', () => {
  it.each([...rows].filter(([, row]) => row.length > 1))('is one for all mails of %s', (_signal, row) => {
    const labels = row.map((sample) => `${sample.file}: ${triaged.get(sample)?.signal?.label ?? ''}`);
    expect({ labels, count: keysOf(row).length }).toEqual({ labels, count: 1 });
  });

  it('is never that of another row', () => {
    const owners = new Map<string, string>();
    for (const [signal, row] of rows) {
      for (const key of keysOf(row)) {
        expect([signal, owners.get(key ?? '') ?? signal]).toEqual([signal, signal]);
        owners.set(key ?? '', signal);
      }
    }
  });
});

describe('The state of a mail', () => {
  it.each(samples.map((sample): [string, Sample] => [sample.file, sample]))(
    'is not read the wrong way round in %s',
    (_file, sample) => {
      const state = triaged.get(sample)?.findings.state?.value ?? 'unknown';
      expect(effectOf(state)).toBe(effectOf(sample.label.state));
    },
  );
});
