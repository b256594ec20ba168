/** Settings of a channel: read by the schema of its kind, and shown without their secrets. Pure. */
import { Invalid } from '../../kernel/errors.ts';
import type { ChannelKind, SettingValues } from './channel-kind.ts';

/** As they come in: of a form all texts, where left out the stored ones stay. */
export type GivenSettings = Record<string, unknown>;

/** @throws Invalid with fields such as `settings.url` */
export function readSettings(kind: ChannelKind, given: GivenSettings): SettingValues {
  const result = kind.settings.safeParse(given);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => ({
    field: ['settings', ...path].join('.'),
    message: /[.!?"]$/.test(message) ? message : `${message}.`,
    label: kind.fields.find(({ name }) => name === path[0])?.label ?? 'Settings',
  }));
  throw new Invalid(
    faults.map(({ field, message }) => ({ field, message })),
    faults.map(({ label, message }) => `${label}: ${message}`).join(' '),
  );
}

/** What may be read again. */
export function withoutSecrets(kind: ChannelKind, settings: SettingValues): SettingValues {
  const secret = new Set(secretFields(kind));
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !secret.has(name)));
}

/** Names of the secrets that are set. */
export function listSecrets(kind: ChannelKind, settings: SettingValues): string[] {
  return secretFields(kind).filter((name) => settings[name] !== undefined && settings[name] !== '');
}

/**
 * The stored settings with what is given on top. A secret that is left empty stays, null removes it; but none stays when
 * the channel is to go somewhere else: whoever may change the address must not have a secret sent to it that they cannot
 * read.
 * @throws Invalid
 */
export function mergeSettings(kind: ChannelKind, stored: SettingValues, given: GivenSettings): SettingValues {
  const secret = new Set(secretFields(kind));
  const isEmpty = (value: unknown): boolean => value === '' || value === null || value === undefined;
  const typed = Object.fromEntries(Object.entries(given).filter(([, value]) => !isEmpty(value)));
  const left = Object.fromEntries(
    Object.entries(stored).filter(([name]) => !(name in given) || (secret.has(name) && given[name] !== null)),
  );
  const merged = readSettings(kind, { ...left, ...typed });
  const kept = listSecrets(kind, merged).filter((name) => !(name in typed));
  if (kept.length > 0 && placeOf(merged) !== placeOf(stored)) {
    throw new Invalid(
      kept.map((name) => ({
        field: `settings.${name}`,
        message: 'Type it again: it was given for the former address.',
      })),
    );
  }
  return merged;
}

function secretFields({ fields }: ChannelKind): string[] {
  return fields.filter(({ isSecret }) => isSecret).map(({ name }) => name);
}

/** The machine that secrets are sent to. */
function placeOf({ url, host, port }: SettingValues): string {
  if (typeof url === 'string' && URL.canParse(url)) return new URL(url).origin;
  return `${host}:${port}`;
}
