/**
 * What the model of a fresh tenant knows: how bad the mails of common tools, and common words, usually are. Never an
 * org: those are learnt only from the tenant's own mail.
 */
import fs from 'node:fs/promises';
import { inPackage } from '../../kernel/package-root.ts';
import { decodeModels, encodeModels, newModels, type FieldModels } from './codec.ts';
import { FeatureBag } from './features.ts';
import { train, type Example } from './train.ts';

/** Learning takes a tenth of a second, reading what was learnt a hundredth: many tenants may start at once. */
let learnt: Promise<Buffer> | null = null;

export async function coldStart(): Promise<FieldModels> {
  learnt ??= learn();
  return decodeModels(await learnt);
}

async function learn(): Promise<Buffer> {
  const models = newModels();
  train(models.severity, new FeatureBag(), await readExamples());
  // How well samples are guessed says nothing about the mail of a tenant.
  models.severity.calibration.forget();
  return encodeModels(models);
}

/** Made by `npm run snapshots` from the samples beside it. */
type Line = Omit<Example, 'subject' | 'from' | 'value'> & { severity: string | null };

/** Hosts and senders of the samples are invented: they would only be noise. */
async function readExamples(): Promise<Example[]> {
  const lines = await fs.readFile(inPackage('training-data', 'cold-start.jsonl'), 'utf8');
  return lines
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => {
      const { text, tool, service, state, severity } = JSON.parse(line) as Line;
      if (!severity) return [];
      const [subject = '', ...rest] = text.split('\n');
      return [{ subject, text: rest.join('\n'), from: '', tool, service, state, value: severity }];
    });
}
