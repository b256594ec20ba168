/** `datamer lint-mail FILE`: what tags and wording say in one mail, and why. Needs no database; knows no rules. */
import fs from 'node:fs/promises';
import type { Command } from 'commander';
import type { MseId } from '../kernel/ids.ts';
import { describeError } from '../kernel/errors.ts';
import { readMail } from '../inbound/parse/read-mail.ts';
import { newMse, type Finding, type Mse } from '../triage/mse.ts';
import { runParsers } from '../triage/parsers/run-parsers.ts';
import { deriveSignals } from '../triage/signal.ts';
import { applyTags } from '../triage/tags/apply-tags.ts';
import { CommandFailed, type Context } from './context.ts';

export function addLintMailCommand(program: Command, context: Context): void {
  program
    .command('lint-mail <file>')
    .description('show what is understood of one mail, and why')
    .option('--json', 'print one JSON document')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const mse = await read(file);
      context.out(json ? `${JSON.stringify(asJson(mse))}\n` : asText(mse));
    });
}

async function read(file: string): Promise<Mse> {
  try {
    const raw = await fs.readFile(file);
    const mail = await readMail(raw);
    const mse = newMse({ id: 'none' as MseId, receivedAt: new Date(0), door: 'import', raw }, mail);
    applyTags([mse], { tenant: { tagSenders: null } });
    runParsers([mse]);
    deriveSignals([mse]);
    return mse;
  } catch (error) {
    throw new CommandFailed(`${file} cannot be read: ${describeError(error)}`);
  }
}

const FIELDS = ['severity', 'org', 'servers', 'state', 'schedule'] as const;

function asJson({ mail, findings, orgs, signal, lint }: Mse) {
  return {
    messageId: mail.messageId,
    subject: mail.subject,
    from: mail.from.address,
    sentAt: mail.sentAt,
    ...Object.fromEntries(FIELDS.map((field) => [field, findings[field]?.value ?? null])),
    orgs,
    signal: signal?.label,
    sources: Object.fromEntries(FIELDS.map((field) => [field, findings[field]?.source ?? 'none'])),
    reasons: Object.fromEntries(FIELDS.map((field) => [field, findings[field]?.reason ?? null])),
    lint,
  };
}

function asText(mse: Mse): string {
  const { mail, findings, signal, lint } = mse;
  const lines = [
    `Subject   ${mail.subject || '(none)'}`,
    `From      ${mail.from.address || '(none)'}`,
    '',
    ...FIELDS.map((field) => `${field.padEnd(10)}${describe(findings[field])}`),
    `signal    ${signal?.label ?? ''}`,
    ...lint.map((note) => `note      ${note}`),
  ];
  return `${lines.join('\n')}\n`;
}

function describe(finding: Finding<unknown> | undefined): string {
  if (!finding) return '— not said';
  const value = typeof finding.value === 'string' ? finding.value : JSON.stringify(finding.value);
  return `${value}  (${finding.source}: ${finding.reason})`;
}
