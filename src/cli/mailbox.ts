/** `datamer mailbox …` */
import { type Command, Option } from 'commander';
import { getTenantBySlug } from '../accounts/tenants.ts';
import { loadSecretKey } from '../config/secret-key.ts';
import { MailboxEntity } from '../db/entities/mailbox.entity.ts';
import { acrossTenants } from '../db/transaction.ts';
import { parseMailboxUrl, showMailbox } from '../inbound/imap/mailbox-url.ts';
import { addMailbox, type AfterStore } from '../inbound/imap/mailboxes.ts';
import { testMailbox, type TestStep } from '../inbound/imap/test-mailbox.ts';
import { systemClock } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
import { isUuid, type MailboxId } from '../kernel/ids.ts';
import { SecretBox } from '../kernel/secret-box.ts';
import { CommandFailed, type Context } from './context.ts';
import { withDatabase } from './with-database.ts';

interface AddOptions {
  tenant: string;
  url: string;
  after: AfterStore;
  tlsInsecure?: boolean;
  json?: boolean;
}

export function addMailboxCommands(program: Command, context: Context): void {
  const mailbox = program.command('mailbox').description('mailboxes that are read by IMAP');
  mailbox
    .command('add')
    .description('add a mailbox; it is stored without connecting')
    .requiredOption('--tenant <slug>', 'the tenant')
    .requiredOption('--url <url>', 'imap[s]://user:password@host:port/FOLDER, parts percent-encoded')
    .addOption(
      new Option('--after <policy>', 'what happens to mail that is stored')
        .choices(['delete', 'move', 'keep'])
        .default('delete'),
    )
    .option('--tls-insecure', 'accept any certificate')
    .option('--json', 'print one JSON document')
    .action((options: AddOptions) => add(context, options));
  mailbox
    .command('test <id>')
    .description('test a mailbox step by step')
    .option('--json', 'print one JSON document')
    .action((id: string, options: { json?: boolean }) => test(context, id, options));
}

async function add(context: Context, options: AddOptions): Promise<void> {
  const settings = context.settings();
  const address = parseMailboxUrl(options.url);
  await withDatabase(settings, async ({ dataSource }) => {
    const secrets = new SecretBox(loadSecretKey(settings));
    const added = await acrossTenants(dataSource, async (tx) => {
      const tenant = await getTenantBySlug(tx, options.tenant);
      const input = {
        ...address,
        afterStore: options.after,
        acceptsAnyCertificate: options.tlsInsecure ?? false,
      };
      return addMailbox(tx, tenant.id, input, secrets, systemClock.now());
    });
    if (options.json) context.out(`${JSON.stringify({ id: added.id, url: showMailbox(added) })}\n`);
    else
      context.out(
        `Mailbox ${added.id} added: ${showMailbox(added)}\nTest it: datamer mailbox test ${added.id}\n`,
      );
  });
}

async function test(context: Context, id: string, options: { json?: boolean }): Promise<void> {
  const settings = context.settings();
  await withDatabase(settings, async ({ dataSource }) => {
    const row = isUuid(id)
      ? await acrossTenants(dataSource, (tx) =>
          tx.getRepository(MailboxEntity).findOneBy({ id: id as MailboxId }),
        )
      : null;
    if (!row) throw new NotFound('mailbox');
    const password = new SecretBox(loadSecretKey(settings)).open(row.passwordBox);
    const steps = await testMailbox({ ...row, password });
    const ok = steps.every(({ status }) => status === 'ok');
    if (options.json) context.out(`${JSON.stringify({ ok, steps })}\n`);
    else context.out(`${showMailbox(row)}\n${steps.map(showStep).join('')}`);
    if (!ok) throw new CommandFailed('');
  });
}

function showStep({ step, status, detail }: TestStep): string {
  const mark = { ok: '✓', failed: '✗', 'not reached': '·' }[status];
  return `  ${mark} ${step.padEnd(6)} ${status === 'not reached' ? 'not reached' : detail}\n`;
}
