/**
 * What a fresh tenant's model starts from is made from the samples and phrases of training-data/: one line each, as
 * `datamer eval classify` reads them.
 */
import { expect, it } from '@jest/globals';
import fs from 'node:fs';
import type { Severity } from '../../src/events/severity.ts';
import { readMail } from '../../src/inbound/parse/read-mail.ts';
import { inPackage } from '../../src/kernel/package-root.ts';
import { expectKept } from '../support/kept-file.ts';
import { readSamples, type Sample, type SampleLabel } from '../support/samples.ts';

/** The model reads no more of a mail. */
const LONGEST_TEXT = 1600;

it('training-data/cold-start.jsonl says what the samples and phrases say', async () => {
  const lines = await Promise.all(readSamples().map(asLine));
  const phrases = fs.readFileSync(inPackage('training-data', 'phrases.jsonl'), 'utf8');
  expectKept('training-data/cold-start.jsonl', lines.join('') + phrases);
});

async function asLine({ raw, label }: Sample): Promise<string> {
  const { subject, text, from } = await readMail(raw);
  return `${JSON.stringify({
    text: `${subject}\n${text.slice(0, LONGEST_TEXT)}`,
    from: from.address,
    tool: label.tool,
    service: label.service,
    state: label.state,
    severity: severityFor(label),
    ...(label.noise ? { noise: true } : {}),
  })}\n`;
}

/** Some tools repeat the alert's severity when it is over; to people good news is information. */
function severityFor({ state, severity, usually }: SampleLabel): Severity | null {
  if (state === 'recovery' || state === 'success') return usually ?? 'info';
  return severity ?? usually ?? null;
}

it('the phrases name a severity and a state each', () => {
  const phrases = fs.readFileSync(inPackage('training-data', 'phrases.jsonl'), 'utf8').trim().split('\n');
  for (const phrase of phrases) {
    expect(JSON.parse(phrase)).toMatchObject({
      text: expect.stringMatching(/\S/),
      severity: expect.stringMatching(/^(critical|warn|info)$/),
      state: expect.stringMatching(/^(problem|failure|recovery|success|report|unknown)$/),
    });
  }
});
