/** Settings of every kind: what is secret stays inside, and goes nowhere that it was not typed for. */
import { describe, expect, it } from '@jest/globals';
import type { ChannelKind } from '../../../src/outbound/channels/channel-kind.ts';
import { KINDS } from '../../../src/outbound/channels/index.ts';
import {
  listSecrets,
  mergeSettings,
  readSettings,
  withoutSecrets,
} from '../../../src/outbound/channels/settings-of-kind.ts';

const FULL: Record<string, Record<string, string>> = {
  webhook: {
    url: 'https://a.example/s3cret',
    secret: 's3cret-s3cret-s3cret',
    authorization: 'Bearer s3cret',
  },
  slack: { url: 'https://a.example/s3cret', room: 'ops' },
  teams: { url: 'https://a.example/s3cret' },
  ntfy: { url: 'https://a.example/s3cret', token: 's3cret' },
  gotify: { url: 'https://a.example', token: 's3cret' },
  sms: {
    url: 'https://a.example/send',
    body: 'key=s3cret&to={number}&text={text}',
    number: '+49 (151) 234-5678',
    authorization: 's3cret',
  },
  'sms-mail': { address: '49151@sms.example' },
  email: { address: 'ops@a.example' },
  snmp: {
    host: 'nms.example',
    community: 's3cret',
    user: 'u',
    authKey: 's3cret-s3cret',
    privKey: 's3cret-s3cret',
  },
};

const ALL = Object.values(KINDS).map((kind): [string, ChannelKind] => [kind.kind, kind]);

describe.each(ALL)('A channel of the kind %s', (name, kind) => {
  const settings = readSettings(kind, FULL[name] ?? {});

  it('has a field in its form for each of its settings, and no other', () => {
    expect(kind.fields.map((field) => field.name).sort()).toEqual(Object.keys(settings).sort());
  });

  it('shows nothing that is secret, in its settings or in lists', () => {
    const shown = JSON.stringify([withoutSecrets(kind, settings), kind.target(settings)]);
    expect(shown).not.toContain('s3cret');
    expect(listSecrets(kind, settings).every((secret) => secret in settings)).toBe(true);
  });

  it('keeps its secrets when they are left empty', () => {
    const empty = Object.fromEntries(listSecrets(kind, settings).map((secret) => [secret, '']));
    expect(mergeSettings(kind, settings, empty)).toEqual(settings);
    expect(mergeSettings(kind, settings, {})).toEqual(settings);
  });

  it('sends no kept secret to another place', () => {
    const isUrlSecret = kind.fields.some((field) => field.name === 'url' && field.isSecret);
    const moved =
      'url' in settings
        ? { url: String(settings['url']).replace('a.example', 'evil.example') }
        : { host: 'evil.example' };
    const kept = listSecrets(kind, settings).filter((secret) => !(secret in moved));
    if (kept.length === 0) return;
    expect(() => mergeSettings(kind, settings, moved)).toThrow('Type it again');
    expect(isUrlSecret ? kept.includes('url') : false).toBe(false);
  });
});

it.each<[string, Record<string, string>, string]>([
  ['webhook', { url: 'ftp://a.example' }, 'settings.url'],
  ['webhook', { url: 'https://user:pass@a.example' }, 'settings.url'],
  ['webhook', { url: 'https://a.example', secret: 'short' }, 'settings.secret'],
  ['webhook', { url: 'https://a.example', authorization: 'a\r\nHost: b' }, 'settings.authorization'],
  ['ntfy', { url: 'https://ntfy.sh/' }, 'settings.url'],
  ['gotify', { url: 'https://a.example' }, 'settings.token'],
  ['sms', { url: 'https://{text}.evil.example/', body: '{text}', number: '123' }, 'settings.url'],
  ['sms', { url: 'https://a.example', body: 'no place', number: '123' }, 'settings.body'],
  [
    'sms',
    { url: 'https://a.example', format: 'json', body: '{"text":{text}}', number: '123' },
    'settings.body',
  ],
  ['sms', { url: 'https://a.example/{text}', format: 'get', number: 'call me' }, 'settings.number'],
  ['sms-mail', { address: 'nobody' }, 'settings.address'],
  ['snmp', { host: 'nms.example' }, 'settings.community'],
  ['snmp', { host: 'nms.example', version: 'inform-3', user: 'u', authKey: 'short' }, 'settings.authKey'],
  [
    'snmp',
    { host: 'nms.example', version: 'inform-3', user: 'u', privKey: 'long enough' },
    'settings.authKey',
  ],
  ['snmp', { host: 'nms.example', community: 'c', port: '70000' }, 'settings.port'],
  ['slack', { url: 'https://a.example', unknown: 'x' }, 'settings'],
])('the settings of %s refuse %j at %s', (name, given, field) => {
  const kind = Object.values(KINDS).find((one) => one.kind === name);
  if (!kind) throw new Error('no such kind');
  expect(() => readSettings(kind, given)).toThrow(
    expect.objectContaining({ faults: [expect.objectContaining({ field })] }),
  );
});

it('removes a secret by null', () => {
  const settings = readSettings(KINDS.webhook, FULL['webhook'] ?? {});
  expect(mergeSettings(KINDS.webhook, settings, { secret: null })['secret']).toBe('');
});
