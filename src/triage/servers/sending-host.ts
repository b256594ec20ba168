/**
 * The machine that a mail comes from. Cron, smartd and backups mail from the machine they speak of and name it nowhere
 * else; monitoring servers, relays and services in the cloud mail about others.
 */
import type { ReadMail } from '../../inbound/parse/read-mail.ts';
import { countLabels, firstLabel, isFullName, isShortName, readHost } from './host-name.ts';

export interface SendingHost {
  /** Full where the mail says it in full somewhere. */
  host: string;
  /** For the reason: what says so. */
  where: string;
}

/** Accounts of a machine's own programs. */
const OWN_ACCOUNTS =
  /^(?:root|cron|anacron|daemon|mdadm|smartd|smartmontools|logwatch|logcheck|monit|fail2ban|backup|borg\w*|rsnapshot|restic|rkhunter|chkrootkit|aide|ups|nut|apcupsd)\b/;
/** Accounts of programs that watch other machines. */
const REPORTERS =
  /^(?:nagios|icinga\w*|zabbix|check_?mk|centreon|naemon|sensu|shinken|opsview|prometheus|alertmanager|grafana|alert\w*|monitor\w*|notif\w*|no-?_?reply|do-?not-?reply|jenkins|gitlab|git|ci|build\w*|support|info|news\w*|mailer-daemon|postmaster|bounce\w*|pingdom|uptime\w*|observium|librenms|prtg|xymon|hobbit|munin|splunk|graylog|kibana|elast\w*|vcenter|veeam\w*)\b/;
/** First labels of machines that pass on the mail of others. */
const RELAYS =
  /^(?:mail|smtp|mx|relay|mta|email|e|em|mailer|bounces?|lists?|notif\w*|alerts?|sns|www|news|info|out\w*)\d*$/;

/** @returns null when the sender is no machine that speaks of itself, by its name */
export function readSendingHost(mail: ReadMail): SendingHost | null {
  const at = mail.from.address.lastIndexOf('@');
  const account = at < 0 ? mail.from.address : mail.from.address.slice(0, at);
  if (REPORTERS.test(account)) return null;
  const written = at < 0 ? null : readHost(mail.from.address.slice(at + 1));
  const named = written === null || isShortName(written) ? (fullNameOf(mail, written) ?? written) : written;
  if (named === null || !isMachine(named)) return null;
  if (RELAYS.test(firstLabel(named)) && !OWN_ACCOUNTS.test(account)) return null;
  return { host: named, where: written === null ? 'the mail began there' : 'the sender’s address' };
}

/** `example.com` is a domain; machines have a label of their own before it. */
function isMachine(host: string): boolean {
  return isShortName(host) || (isFullName(host) && countLabels(host) > 2);
}

/** A full name in the lines of the relays that begins with the short one; any, when there is no short one. */
function fullNameOf(mail: ReadMail, short: string | null): string | null {
  const names = originsOf(mail);
  return names.find((name) => isFullName(name) && (short === null || name.startsWith(`${short}.`))) ?? null;
}

const RECEIVED_FROM = /^\s*from\s+([a-z0-9_.-]{1,253})(?:\s+\(([a-z0-9_.-]{1,253})?)?/i;
const RECEIVED_BY = /^\s*(?:from\s+\S{1,253}\s+)?by\s+([a-z0-9_.-]{1,253})/i;

/**
 * Where a mail began, the first machine first: of the bottom Received line, which the sending machine or the first
 * relay wrote, and the domains of Return-Path and Message-ID.
 */
export function originsOf(mail: ReadMail): string[] {
  const received = mail.header('received');
  const first = received.at(-1) ?? '';
  const from = RECEIVED_FROM.exec(first);
  const isLocal = !from || /^(?:localhost|127\.0\.0\.1)/i.test(from[1] ?? '');
  const written = [
    from?.[1],
    from?.[2],
    isLocal ? RECEIVED_BY.exec(first)?.[1] : undefined,
    domainOf(mail.header('return-path')[0]),
    domainOf(mail.messageId ?? undefined),
  ];
  return written.flatMap((one) => (one ? (readHost(one) ?? []) : []));
}

function domainOf(address: string | undefined): string | undefined {
  const at = address?.lastIndexOf('@') ?? -1;
  return address === undefined || at < 0 ? undefined : address.slice(at + 1).replace(/[<>\s]/g, '');
}
