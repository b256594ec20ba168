/**
 * The machine that wrote a mail: in its sender's domain, its Message-ID, or the lowest Received line. Tools that watch
 * their own machine (cron, smartd, logwatch) often name it nowhere else, or only in its short form.
 */
import { isFullName } from './hosts.ts';
import type { MailView } from './mail-view.ts';

export function senderHost(mail: MailView): string | null {
  const domain = domainOf(mail.address);
  const names = [domain, ...machinesOf(mail)];
  const full = names.find((name) => isMachine(name));
  if (full) return full;
  return domain && !domain.includes('.') && domain !== 'localhost' ? domain : null;
}

/** `db1` with a sender root@db1.example.com: the full name stands in the mail itself. */
export function fullNameOf(short: string, mail: MailView): string | null {
  const names = [domainOf(mail.address), ...machinesOf(mail)];
  return names.find((name) => isFullName(name) && name.startsWith(`${short}.`)) ?? null;
}

/** A machine has a name below its organisation's domain. */
function isMachine(name: string): boolean {
  return isFullName(name) && name.split('.').length > 2;
}

function machinesOf(mail: MailView): string[] {
  const messageId = /@([^<>\s@]{1,253})>?\s*$/.exec(mail.header('message-id'))?.[1] ?? '';
  const received = mail.header('received').split('\n').at(-1) ?? '';
  const by = /\bby ([a-z0-9._-]{1,253}) with local/i.exec(received)?.[1] ?? '';
  const from = /^\s*from ([a-z0-9._-]{1,253})/i.exec(received)?.[1] ?? '';
  return [messageId, by, from].map((name) => name.toLowerCase());
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
