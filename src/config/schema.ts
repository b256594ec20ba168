/**
 * Every setting, once: key, what it means, how its text is read, what holds without it. load.ts reads them,
 * describe.ts prints them, docs/configuration.md is made from them.
 */
import { z } from 'zod';
import { describeError } from '../kernel/errors.ts';
import { NO_PRIVATE_TARGETS, parsePrivateTargets, type PrivateTargets } from '../kernel/network-guard.ts';

/** Reads one setting's text; its message says what is accepted. */
interface Setting<T> {
  meaning: string;
  accepts: string;
  parse: z.ZodType<T, string>;
  fallback: T;
  /** Shown as `(secret)` in reports of faults. */
  isSecret?: boolean;
}

function setting<T>(one: Setting<T>): Setting<T> {
  return one;
}

export type PortSetting = number | 'off';

const PORT_TEXT = /^\d{1,5}$/;

const port = z
  .string()
  .refine((text) => PORT_TEXT.test(text) && Number(text) <= 65535)
  .transform(Number);

const portOrOff: z.ZodType<PortSetting, string> = z.union([
  z.literal('off').transform(() => 'off' as const),
  port,
]);

export const ROLES = ['web', 'intake', 'watchdog', 'outbound', 'metrics'] as const;
export type ProcessRole = (typeof ROLES)[number];

const roles = z.string().transform((text, context): ProcessRole[] => {
  if (text.trim() === 'all') return [...ROLES];
  const words = text.split(',').map((word) => word.trim());
  for (const word of words) {
    if (!isRole(word)) context.addIssue({ code: 'custom', message: `unknown role "${word}"` });
  }
  return words.filter(isRole);
});

function isRole(word: string): word is ProcessRole {
  return (ROLES as readonly string[]).includes(word);
}

export interface LogSetting {
  level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  format: 'json' | 'pretty';
}

const LOG_WORDS = /^(debug|info|warn|error|silent|json|pretty)$/;

/** `info`, `json`, `debug,pretty` … */
const log = z.string().transform((text, context): LogSetting => {
  const result: LogSetting = { level: 'info', format: 'json' };
  for (const word of text.split(/[\s,]+/).filter(Boolean)) {
    if (!LOG_WORDS.test(word)) context.addIssue({ code: 'custom', message: `unknown word "${word}"` });
    else if (word === 'json' || word === 'pretty') result.format = word;
    else result.level = word as LogSetting['level'];
  }
  return result;
});

function urlOf(...protocols: string[]) {
  return z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol));
}

const SHORTEST_SECRET_KEY = 32;

export const schema = {
  DATABASE_URL: setting<string | null>({
    meaning: 'PostgreSQL server. Without it the embedded database in DATAMER_DATA_DIR is used.',
    accepts: 'postgres://user:password@host:port/database',
    parse: urlOf('postgres:', 'postgresql:'),
    fallback: null,
    isSecret: true,
  }),
  DATAMER_DATA_DIR: setting({
    meaning: 'Folder of the embedded database and of the generated secret key.',
    accepts: 'a path',
    parse: z.string().min(1),
    fallback: './data',
  }),
  DATAMER_HTTP_PORT: setting<number>({
    meaning: 'Port of pages, REST and health checks; 0 picks a free one.',
    accepts: 'a port from 0 to 65535',
    parse: port,
    fallback: 3000,
  }),
  DATAMER_SMTP_PORT: setting<PortSetting>({
    meaning: 'Port of the SMTP door (STARTTLS offered); 0 picks a free one.',
    accepts: 'a port from 0 to 65535, or off',
    parse: portOrOff,
    fallback: 2525,
  }),
  DATAMER_SMTPS_PORT: setting<PortSetting>({
    meaning: 'Port of an SMTP door with TLS from the first byte.',
    accepts: 'a port from 0 to 65535, or off',
    parse: portOrOff,
    fallback: 'off',
  }),
  DATAMER_LMTP_PORT: setting<PortSetting>({
    meaning: 'Port of the LMTP door, for a mail server in front.',
    accepts: 'a port from 0 to 65535, or off',
    parse: portOrOff,
    fallback: 'off',
  }),
  DATAMER_TLS_CERT: setting<string | null>({
    meaning: 'Certificate chain (PEM) of the SMTP doors. Without it a self-signed one is used.',
    accepts: 'PEM text; usually given as DATAMER_TLS_CERT_FILE',
    parse: z.string().includes('-----BEGIN CERTIFICATE-----'),
    fallback: null,
  }),
  DATAMER_TLS_KEY: setting<string | null>({
    meaning: 'Private key (PEM) of DATAMER_TLS_CERT.',
    accepts: 'PEM text; usually given as DATAMER_TLS_KEY_FILE',
    parse: z.string().includes('PRIVATE KEY-----'),
    fallback: null,
    isSecret: true,
  }),
  DATAMER_PUBLIC_URL: setting<string | null>({
    meaning: 'Address under which people reach the pages: for links in mails, cookies and origin checks.',
    accepts: 'http://… or https://…',
    parse: urlOf('http:', 'https:').transform((text) => text.replace(/\/+$/, '')),
    fallback: null,
  }),
  DATAMER_SECRET_KEY: setting<string | null>({
    meaning: 'Encrypts stored mailbox passwords and signs cookies. Created in the data folder if absent.',
    accepts: `a string of at least ${SHORTEST_SECRET_KEY} characters`,
    parse: z.string().min(SHORTEST_SECRET_KEY),
    fallback: null,
    isSecret: true,
  }),
  DATAMER_SMTP_OUT_URL: setting<string | null>({
    meaning:
      'Mail server that notices are handed to. Without it they wait in the outbox and are shown there.',
    accepts: 'smtp://… or smtps://…',
    parse: urlOf('smtp:', 'smtps:'),
    fallback: null,
    isSecret: true,
  }),
  DATAMER_MAIL_FROM: setting({
    meaning: 'Sender of notices.',
    accepts: 'a mail address, or: Name <address>',
    parse: z.string().regex(/^[^<>\r\n]*<?[^\s<>@]+@[^\s<>@]+>?$/),
    fallback: 'DaTamer <datamer@localhost>',
  }),
  DATAMER_ALLOW_PRIVATE_TARGETS: setting<PrivateTargets | null>({
    meaning:
      'Hosts and ranges that channels may be sent to although they are not on the public internet, such as a chat server of your own.',
    accepts: 'a comma list of host names, addresses and ranges: chat.internal, 10.1.0.0/16',
    parse: z.string().transform((text, context): PrivateTargets => {
      try {
        return parsePrivateTargets(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: describeError(error) });
        return NO_PRIVATE_TARGETS;
      }
    }),
    fallback: null,
  }),
  DATAMER_DEADMAN_URL: setting<string | null>({
    meaning:
      'Requested (GET) while this process works, such as a ping address of healthchecks: its silence is the alarm.',
    accepts: 'http://… or https://… without user name and password',
    parse: urlOf('http:', 'https:').refine((text) => !new URL(text).username && !new URL(text).password),
    fallback: null,
    isSecret: true,
  }),
  DATAMER_DEADMAN_SECONDS: setting<number>({
    meaning: 'How often DATAMER_DEADMAN_URL is requested.',
    accepts: 'seconds from 30 to 86400',
    parse: z
      .string()
      .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 30 && Number(text) <= 86_400)
      .transform(Number),
    fallback: 60,
  }),
  DATAMER_ROLES: setting<ProcessRole[]>({
    meaning: 'What this process does; several processes may share one PostgreSQL server.',
    accepts: `all, or a comma list of ${ROLES.join(', ')}`,
    parse: roles,
    fallback: [...ROLES],
  }),
  DATAMER_LOG: setting<LogSetting>({
    meaning: 'How much is logged to stderr, and how.',
    accepts: 'debug, info, warn, error or silent; json or pretty (default: info, json; pretty on a terminal)',
    parse: log,
    fallback: { level: 'info', format: process.stderr.isTTY ? 'pretty' : 'json' },
  }),
};

export type SettingName = keyof typeof schema;

export type Settings = { [Name in SettingName]: (typeof schema)[Name]['fallback'] };
