/** The mails of training-data/ with their labels. */
import fs from 'node:fs';
import type { MailState } from '../../src/events/mail-state.ts';
import type { Severity } from '../../src/events/severity.ts';
import { inPackage } from '../../src/kernel/package-root.ts';

/** What the fields mean: training-data/README.md. */
export interface SampleLabel {
  file: string;
  tool: string;
  state: MailState;
  severity: Severity | null;
  hosts: string[];
  service: string | null;
  signal?: string;
  usually?: Severity;
  noise?: boolean;
}

export interface Sample {
  /** `TOOL/NAME.eml` */
  file: string;
  raw: Buffer;
  label: SampleLabel;
}

const FOLDER = inPackage('training-data', 'mails');

export function readSamples(): Sample[] {
  return fs
    .readdirSync(FOLDER)
    .sort()
    .flatMap((tool) => labelsOf(tool).map((label) => sampleOf(tool, label)));
}

function labelsOf(tool: string): SampleLabel[] {
  const lines = fs.readFileSync(`${FOLDER}/${tool}/labels.jsonl`, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as SampleLabel);
}

function sampleOf(tool: string, label: SampleLabel): Sample {
  const file = `${tool}/${label.file}`;
  return { file, raw: fs.readFileSync(`${FOLDER}/${file}`), label };
}
