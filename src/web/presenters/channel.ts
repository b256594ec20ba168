/** A channel as people see it: its state in words, its form by kind, and its test step by step. */
import { between } from '../../kernel/clock.ts';
import type { Field, KindName, StepName } from '../../outbound/channels/channel-kind.ts';
import type { Channel } from '../../outbound/channels/channels.ts';
import { KINDS } from '../../outbound/channels/index.ts';
import type { TestStep } from '../../outbound/channels/test-channel.ts';
import type { Flash } from '../session.ts';
import { presentForm, presentOptions } from './form.ts';
import { presentSpan, presentTime } from './time.ts';

/** Where the pages and the forms of a family of channels are. */
export interface ChannelPlace {
  page: '/settings/channels' | '/settings/me/channels';
  action: '/channels' | '/me/channels';
}

export const OF_TEAM: ChannelPlace = { page: '/settings/channels', action: '/channels' };
export const OF_PERSON: ChannelPlace = { page: '/settings/me/channels', action: '/me/channels' };

export function presentChannelRow(channel: Channel, { page }: ChannelPlace, now: Date, timeZone: string) {
  const { id, kind, name, target, severityFloor, lastError, failingSince } = channel;
  return {
    id,
    href: `${page}/${id}`,
    name,
    kind: KINDS[kind].title,
    target,
    floor: severityFloor === 'critical' ? 'critical only' : severityFloor && `${severityFloor} and above`,
    state: stateOf(channel, now),
    lastSent: presentTime(channel.lastSentAt, now, timeZone),
    error: lastError,
    isDown: failingSince !== null,
  };
}

function stateOf({ failingSince, lastError, lastSentAt }: Channel, now: Date) {
  if (failingSince) {
    return { word: `down for ${presentSpan(between(failingSince, now))}`, icon: 'alert', tone: 'is-bad' };
  }
  if (lastError) return { word: 'tried again', icon: 'clock', tone: 'is-warn' };
  if (!lastSentAt) return { word: 'not used yet', icon: 'clock', tone: '' };
  return { word: 'works', icon: 'check', tone: 'is-ok' };
}

/** What may be added, with a sentence each. */
export function listKinds({ page }: ChannelPlace) {
  // Nobody has a network management system for themselves.
  const offered = Object.values(KINDS).filter(({ kind }) => page === OF_TEAM.page || kind !== 'snmp');
  return offered.map(({ kind, title, about }) => ({
    href: `${page}/new?kind=${kind}`,
    title,
    about,
  }));
}

/** As the API shows it, with its secrets left out; null: a new one. */
export interface EditedChannel extends Pick<Channel, 'id' | 'name' | 'severityFloor'> {
  settings: Record<string, string | number>;
  secrets: string[];
}

export function presentChannelEditor(
  flash: Flash | null,
  kindName: KindName,
  stored: EditedChannel | null,
  { page, action }: ChannelPlace,
) {
  const kind = KINDS[kindName];
  const form = presentForm(flash, 'channel', {
    name: stored?.name ?? '',
    severityFloor: stored?.severityFloor ?? '',
  });
  return {
    form,
    kind: kindName,
    title: kind.title,
    about: kind.about,
    isNew: stored === null,
    heading: stored?.name ?? `New: ${kind.title}`,
    page,
    listHref: action === '/channels' ? page : '/settings/me',
    namePlaceholder: action === '/channels' ? 'Ops room' : 'My phone',
    action: stored ? `${action}/${stored.id}` : action,
    testAction: stored ? `${action}/${stored.id}/test` : `${action}/test`,
    fields: kind.fields.map((field) => presentField(flash, field, stored)),
    floors:
      action === '/me/channels'
        ? presentOptions(
            [
              ['', 'every severity'],
              ['warn', 'warn and above'],
              ['critical', 'critical only'],
            ],
            form.severityFloor.value,
          )
        : null,
  };
}

function presentField(flash: Flash | null, field: Field, stored: EditedChannel | null) {
  const { name, label, input, hint, placeholder, isRequired, isSecret, choices } = field;
  // After it was saved what is stored stands there; after a test or a refusal what was typed.
  const isKeptTyped = flash?.kind === 'bad' || flash?.answer !== undefined;
  const sent = flash?.values['_form'] === 'channel' && isKeptTyped ? flash : null;
  const typed = (sent?.values['settings'] as Record<string, unknown> | undefined)?.[name];
  const value = typeof typed === 'string' ? typed : String(stored?.settings[name] ?? '');
  const isKept = stored?.secrets.includes(name) ?? false;
  return {
    label,
    hint,
    placeholder: isKept ? 'kept; type to replace' : placeholder,
    isRequired: (isRequired ?? false) && !isKept,
    type: isKept ? 'password' : input === 'choice' || input === 'long' ? 'text' : input,
    autocomplete: isSecret ? 'new-password' : 'off',
    isLong: input === 'long' && !isKept,
    options: choices ? presentOptions(choices, value || (choices[0]?.[0] ?? '')) : undefined,
    field: {
      id: `channel-settings-${name}`,
      name: `settings[${name}]`,
      value,
      fault: sent?.faults.find((fault) => fault.field === `settings.${name}`)?.message ?? null,
    },
  };
}

const STEP_WORDS: Record<StepName, string> = {
  DNS: 'Find the host',
  address: 'May be connected to',
  TCP: 'Connect',
  TLS: 'Encrypt and check the certificate',
  answer: 'Get an answer',
  accepted: 'The notice is taken',
};

const STEP_TONES = {
  ok: { tone: 'is-ok', icon: 'check', word: 'ok' },
  failed: { tone: 'is-bad', icon: 'alert', word: 'failed' },
  'not reached': { tone: 'is-next', icon: 'unclassified', word: 'not reached' },
} as const;

export function presentChannelTest(steps: readonly TestStep[]) {
  const stoppedAt = steps.findIndex(({ status }) => status === 'failed');
  return {
    sentence:
      stoppedAt < 0
        ? 'Sent. Have a look whether it has arrived.'
        : `Stopped at step ${stoppedAt + 1} of ${steps.length}.`,
    steps: steps.map(({ step, status, detail }) => ({
      name: STEP_WORDS[step],
      detail,
      ...STEP_TONES[status],
    })),
  };
}

export function isKindName(text: unknown): text is KindName {
  return typeof text === 'string' && text in KINDS;
}
