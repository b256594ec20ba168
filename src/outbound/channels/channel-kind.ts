/**
 * What each kind of channel is. A new one is a folder with an index.ts that declares this and a compose.ts that turns a
 * message into what is sent (pure), and one line in index.ts beside this file.
 */
import type { z } from 'zod';
import type { NetworkGuard } from '../../kernel/network-guard.ts';
import type { Message } from '../wording/message.ts';
import type { MailTransport } from './email/transport.ts';

export const KIND_NAMES = [
  'webhook',
  'slack',
  'teams',
  'ntfy',
  'gotify',
  'sms',
  'sms-mail',
  'snmp',
  'email',
] as const;
export type KindName = (typeof KIND_NAMES)[number];

/** What goes out: the message, and what tells this delivery from all others. */
export interface Outgoing {
  /** The delivery's: the same at each try, so that a receiver can drop what it has seen. */
  id: string;
  /** What notice it is: `event`, `digest`, `test` … */
  kind: string;
  messageId: string;
  eventId: string | null;
  createdAt: Date;
  message: Message;
}

/** What sending may use of the process. */
export interface Means {
  guard: NetworkGuard;
  /** Null while DATAMER_SMTP_OUT_URL is not set. */
  mail: MailTransport | null;
  now: Date;
  /** How long one receiver may take; left out: as long as the kind allows. */
  limitMs?: number;
}

export const STEPS = ['DNS', 'address', 'TCP', 'TLS', 'answer', 'accepted'] as const;
export type StepName = (typeof STEPS)[number];

/** Told of each step that went well. What is sent in earnest and what is sent as a test go the same way. */
export type Passed = (step: StepName, detail: string) => void;

/** One field of the settings, for the form. */
export interface Field {
  name: string;
  label: string;
  input: 'text' | 'url' | 'number' | 'password' | 'long' | 'choice';
  choices?: readonly (readonly [value: string, word: string])[];
  hint?: string;
  placeholder?: string;
  isRequired?: boolean;
  /** Stored encrypted like all, and never shown again. */
  isSecret?: boolean;
}

export type SettingValues = Record<string, string | number>;

export interface ChannelKind<Settings extends SettingValues = SettingValues> {
  kind: KindName;
  title: string;
  /** One sentence: what it reaches, and what to paste where. */
  about: string;
  settings: z.ZodType<Settings>;
  fields: readonly Field[];
  /** Where it goes, for lists: a host, a number. Never a secret. */
  target: (settings: Settings) => string;
  /** The steps of its test, in order. */
  steps: readonly StepName[];
  /** @throws AppError whose `temporary` says whether trying again helps */
  send: (outgoing: Outgoing, settings: Settings, means: Means, passed: Passed) => Promise<void>;
}

/** Forgets the type of the settings, for the registry; only what its schema made reaches its functions. */
export function channelKind<Settings extends SettingValues>(kind: ChannelKind<Settings>): ChannelKind {
  return kind as unknown as ChannelKind;
}
