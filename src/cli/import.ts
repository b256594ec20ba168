/** `datamer import`: brings .eml files, folders, mbox files and Maildirs with their original arrival times. */
import fs from 'node:fs/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { getTenantBySlug } from '../accounts/tenants.ts';
import { importHistory, type ImportedMail } from '../app/import-history.ts';
import { LearningCurve, type CurveRow, type CurveScore } from '../app/learning-curve.ts';
import { wire, type Parts } from '../app/wiring.ts';
import { inTenant } from '../db/transaction.ts';
import { systemClock } from '../kernel/clock.ts';
import { describeError } from '../kernel/errors.ts';
import type { TenantId } from '../kernel/ids.ts';
import { createLog } from '../kernel/log.ts';
import type { Correction } from '../triage/correct.ts';
import { listMsesById, type ListedMse } from '../triage/list-mses.ts';
import { asShare, asTable } from './as-table.ts';
import { CommandFailed, type Context } from './context.ts';
import { withDatabase } from './with-database.ts';

interface ImportFlags {
  tenant: string;
  labels?: string;
  map?: string;
  until?: string;
  curve?: boolean;
  json?: boolean;
}

export function addImportCommand(program: Command, context: Context): void {
  program
    .command('import <path...>')
    .description(
      'import .eml files, folders, mbox files and Maildirs with their arrival times; sends no notices',
    )
    .requiredOption('--tenant <slug>', 'the tenant')
    .option('--labels <file>', 'JSON lines of what people put right: {file, org?, severity?, servers?}')
    .option('--map <file>', 'write what became of each mail, as JSON lines')
    .option('--until <instant>', 'the watchdog judges up to here (ISO 8601); not before the last mail')
    .option('--curve', 'with --labels: how rightly org and severity were told, per thousand mails')
    .option('--json', 'print one JSON document')
    .action((paths: string[], flags: ImportFlags, command: Command) => {
      if (flags.curve && flags.labels === undefined)
        command.error('error: --curve compares what was told with --labels: give both.');
      return run(paths, flags, context);
    });
}

async function run(paths: string[], flags: ImportFlags, context: Context): Promise<void> {
  const settings = context.settings();
  const until = flags.until === undefined ? null : readInstant(flags.until);
  const corrections =
    flags.labels === undefined ? new Map<string, Correction>() : await readLabels(flags.labels);
  await withDatabase(settings, async (database) => {
    const parts = wire(settings, database, systemClock, createLog('warn', settings.DATAMER_LOG.format));
    const tenant = await getTenantBySlug(database.dataSource.manager, flags.tenant);
    const curve = flags.curve ? new LearningCurve() : undefined;
    if (curve) context.error(CURVE_HEAD);
    const { result, imported } = await importHistory(parts, {
      tenant,
      paths,
      corrections,
      until,
      curve,
      onProgress: (done, total) => {
        const rows = curve?.reach(done, done === total) ?? [];
        context.error(`${rows.map(describeRow).join('')}\r${done} of ${total} mails`);
      },
    });
    context.error('\n');
    if (flags.map !== undefined) await writeMap(parts, tenant.id, imported, flags.map);
    const rows = curve ? { curve: curve.rows() } : {};
    if (flags.json) context.out(`${JSON.stringify({ ...result, ...rows })}\n`);
    else context.out(describe(result));
  });
}

const CURVE_HEAD = asTable([
  ['mails', 'org asked', 'accuracy', 'coverage', 'sev. asked', 'accuracy', 'coverage'],
]);

/** Written over the line that counts the mails. */
function describeRow({ from, to, org, severity }: CurveRow): string {
  const figures = ({ asked, accuracy, coverage }: CurveScore) => [
    String(asked),
    accuracy === null ? '–' : asShare(accuracy),
    coverage === null ? '–' : asShare(coverage),
  ];
  return `\r${asTable([[`${from} to ${to}`, ...figures(org), ...figures(severity)]])}`;
}

function readInstant(text: string): Date {
  const instant = new Date(text);
  if (!Number.isNaN(instant.getTime())) return instant;
  throw new CommandFailed(`--until ${text} is no instant: write ISO 8601, such as 2026-03-12T09:00:00Z.`);
}

const labelSchema = z.object({
  file: z.string(),
  org: z.string().nullish(),
  severity: z.enum(['info', 'warn', 'critical']).nullish(),
  servers: z.array(z.string()).nullish(),
});

async function readLabels(file: string): Promise<Map<string, Correction>> {
  const text = await fs.readFile(file, 'utf8').catch((error: unknown) => {
    throw new CommandFailed(`--labels ${file} cannot be read: ${describeError(error)}`);
  });
  const corrections = new Map<string, Correction>();
  text.split('\n').forEach((line, index) => {
    if (!line.trim()) return;
    try {
      const { file: mail, org, severity, servers } = labelSchema.parse(JSON.parse(line));
      corrections.set(mail, {
        org: org ?? undefined,
        severity: severity ?? undefined,
        servers: servers ?? undefined,
      });
    } catch (error) {
      throw new CommandFailed(`--labels ${file}, line ${index + 1}: ${describeError(error)}`);
    }
  });
  return corrections;
}

const MAP_BATCH = 1000;

async function writeMap(
  { database }: Parts,
  tenantId: TenantId,
  imported: readonly ImportedMail[],
  file: string,
): Promise<void> {
  const output = await fs.open(file, 'w');
  try {
    for (let at = 0; at < imported.length; at += MAP_BATCH) {
      const batch = imported.slice(at, at + MAP_BATCH);
      const mses = await inTenant(database.dataSource, tenantId, (tx) =>
        listMsesById(
          tx,
          tenantId,
          batch.map(({ mseId }) => mseId),
        ),
      );
      const byId = new Map(mses.map((mse) => [mse.id, mse]));
      const lines = batch.flatMap(({ file: mail, mseId }) => {
        const mse = byId.get(mseId);
        return mse ? [`${JSON.stringify(asMapLine(mail, mse))}\n`] : [];
      });
      await output.write(lines.join(''));
    }
  } finally {
    await output.close();
  }
}

function asMapLine(file: string, mse: ListedMse) {
  const { severity, org, servers, state } = mse.findings;
  return {
    file,
    mseId: mse.id,
    messageId: mse.messageId,
    receivedAt: mse.receivedAt,
    severity: mse.severity,
    org: mse.org,
    servers: mse.servers,
    state: mse.state,
    template: mse.templateId,
    eventId: mse.eventId,
    sources: {
      severity: severity?.source ?? 'none',
      org: org?.source ?? 'none',
      servers: servers?.source ?? 'none',
      state: state?.source ?? 'none',
    },
  };
}

function describe(result: Awaited<ReturnType<typeof importHistory>>['result']): string {
  const { read, stored, duplicates, quarantined, events, seconds } = result;
  const rate = Math.round(stored / Math.max(seconds, 0.001));
  return (
    `${read} mails read, ${stored} stored, ${duplicates} known already, ${quarantined} in quarantine, ` +
    `${events} events opened, in ${seconds.toFixed(1)} s (${rate} mails/s).\n`
  );
}
