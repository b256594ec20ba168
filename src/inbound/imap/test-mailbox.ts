/** Tests a mailbox step by step, so that a person sees which part fails and what to do about it. */
import dns from 'node:dns/promises';
import net from 'node:net';
import tls from 'node:tls';
import type { ImapFlow } from 'imapflow';
import { SECOND } from '../../kernel/clock.ts';
import type { MailboxRow } from '../../db/entities/mailbox.entity.ts';
import { withinMs } from '../../kernel/stop-stack.ts';
import { explainImapError, newImapClient, type ImapSettings } from './connect.ts';

export type StepName = 'DNS' | 'TCP' | 'TLS' | 'login' | 'folder' | 'rights';

export interface TestStep {
  step: StepName;
  status: 'ok' | 'failed' | 'not reached';
  /** What was found, or what went wrong and what to do. */
  detail: string;
}

export type TestedMailbox = ImapSettings & Pick<MailboxRow, 'folder' | 'afterStore'>;

const STEP_LIMIT_MS = 15 * SECOND;

/** Never throws for a fault of the mailbox: the faulty step says it, the ones behind are `not reached`. */
export async function testMailbox(mailbox: TestedMailbox): Promise<TestStep[]> {
  const client = newImapClient(mailbox);
  const steps: [StepName, () => Promise<string>][] = [
    ['DNS', () => resolveHost(mailbox)],
    ['TCP', () => connectTcp(mailbox)],
    ['TLS', () => shakeHands(mailbox)],
    ['login', () => logIn(client)],
    ['folder', () => openFolder(client, mailbox)],
    ['rights', async () => Promise.resolve(checkRights(client, mailbox))],
  ];
  const results: TestStep[] = [];
  let hasFailed = false;
  for (const [step, run] of steps) {
    if (hasFailed) {
      results.push({ step, status: 'not reached', detail: '' });
      continue;
    }
    try {
      results.push({ step, status: 'ok', detail: await withinMs(STEP_LIMIT_MS, run(), step) });
    } catch (error) {
      hasFailed = true;
      results.push({ step, status: 'failed', detail: explainImapError(error) });
    }
  }
  client.close();
  return results;
}

async function resolveHost({ host }: TestedMailbox): Promise<string> {
  const found = await dns.lookup(host, { all: true });
  return `${host} is ${found.map(({ address }) => address).join(', ')}`;
}

async function connectTcp({ host, port }: TestedMailbox): Promise<string> {
  const socket = net.connect({ host, port });
  await settled(socket, 'connect');
  socket.destroy();
  return `Port ${port} answers.`;
}

async function shakeHands({ host, port, isTls, acceptsAnyCertificate }: TestedMailbox): Promise<string> {
  if (!isTls) return 'Plain IMAP; STARTTLS is used where the server offers it.';
  const serverName = net.isIP(host) ? {} : { servername: host };
  const socket = tls.connect({ host, port, rejectUnauthorized: !acceptsAnyCertificate, ...serverName });
  await settled(socket, 'secureConnect');
  const { valid_to: validTo } = socket.getPeerCertificate();
  const protocol = socket.getProtocol() ?? 'TLS';
  socket.destroy();
  const trust = acceptsAnyCertificate ? ' (any certificate is accepted)' : '';
  return `${protocol}, certificate valid until ${validTo}${trust}.`;
}

async function settled(socket: net.Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once(event, resolve);
    socket.once('error', reject);
  });
}

async function logIn(client: ImapFlow): Promise<string> {
  await client.connect();
  return client.secureConnection ? 'Accepted, over TLS.' : 'Accepted. The connection is not encrypted.';
}

async function openFolder(client: ImapFlow, { folder }: TestedMailbox): Promise<string> {
  try {
    const opened = await client.mailboxOpen(folder);
    return `${folder} has ${opened.exists} mail(s).`;
  } catch (error) {
    const paths = (await client.list()).map(({ path }) => path).slice(0, 20);
    throw new Error(`${folder} cannot be opened. The mailbox has: ${paths.join(', ')}`, { cause: error });
  }
}

function checkRights(client: ImapFlow, { afterStore }: TestedMailbox): string {
  const opened = client.mailbox;
  if (afterStore === 'keep' || !opened) return 'Mail stays in the mailbox; reading is enough.';
  const mayDelete = !opened.readOnly && (opened.permanentFlags?.has('\\Deleted') ?? true);
  if (!mayDelete) throw new Error(`The folder is read-only for this user, but mail is to be ${afterStore}d.`);
  const idle = client.capabilities.has('IDLE')
    ? 'New mail is told at once (IDLE).'
    : 'No IDLE: asked every 5 s.';
  return `Stored mail can be ${afterStore}d${afterStore === 'move' ? howToMove(client) : ''}. ${idle}`;
}

function howToMove({ capabilities }: ImapFlow): string {
  if (capabilities.has('MOVE')) return '';
  return capabilities.has('UIDPLUS')
    ? ', by copying: the server has no MOVE'
    : ', by copying: the server has neither MOVE nor UIDPLUS, so mails that people marked as deleted are removed with it';
}
