import { afterAll, describe, expect, it } from '@jest/globals';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describeSettings } from '../../src/config/describe.ts';
import { BadConfiguration, loadConfig } from '../../src/config/load.ts';
import { loadSecretKey } from '../../src/config/secret-key.ts';
import { expectKept } from '../support/kept-file.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-config-'));

afterAll(() => {
  fs.rmSync(folder, { recursive: true });
});

function faultsOf(environment: Record<string, string>): string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof BadConfiguration) return error.faults;
    throw error;
  }
}

describe('loadConfig', () => {
  it('needs nothing', () => {
    expect(loadConfig({})).toMatchObject({
      DATABASE_URL: null,
      DATAMER_DATA_DIR: './data',
      DATAMER_HTTP_PORT: 3000,
      DATAMER_SMTP_PORT: 2525,
      DATAMER_LMTP_PORT: 'off',
      DATAMER_ROLES: ['web', 'intake', 'watchdog', 'outbound', 'metrics'],
    });
  });

  it('reports every fault at once, by name, with what is accepted', () => {
    const faults = faultsOf({
      DATAMER_HTTP_PORT: '70000',
      DATAMER_SMTP_PORT: 'on',
      DATAMER_ROLES: 'web,cook',
      DATAMER_SECRET_KEY: 'too short',
      DATABASE_URL: 'mysql://u:p@h/d',
      DATAMER_PUBLIC_URL: 'pager.example.com',
      DATAMER_MAIL_FROM: 'nobody',
      DATAMER_LOG: 'loud',
    });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'DATABASE_URL',
      'DATAMER_HTTP_PORT',
      'DATAMER_SMTP_PORT',
      'DATAMER_PUBLIC_URL',
      'DATAMER_SECRET_KEY',
      'DATAMER_MAIL_FROM',
      'DATAMER_ROLES',
      'DATAMER_LOG',
    ]);
    for (const fault of faults) expect(fault).toContain('Accepted: ');
    expect(faults.join(' ')).toContain('unknown role "cook"');
  });

  it('never repeats a secret', () => {
    const text = faultsOf({
      DATAMER_SECRET_KEY: 'hush',
      DATABASE_URL: 'mysql://u:hush@h/d',
      DATAMER_SMTP_OUT_URL: 'http://u:hush@h',
    }).join(' ');
    expect(text).not.toContain('hush');
  });

  it('reads a setting from the file that its _FILE names, trimmed', () => {
    const file = path.join(folder, 'key');
    fs.writeFileSync(file, `  ${'k'.repeat(40)}\n`);
    expect(loadConfig({ DATAMER_SECRET_KEY_FILE: file }).DATAMER_SECRET_KEY).toBe('k'.repeat(40));
    expect(faultsOf({ DATAMER_SECRET_KEY_FILE: path.join(folder, 'absent') })[0]).toContain('cannot be read');
    expect(faultsOf({ DATAMER_SECRET_KEY_FILE: file, DATAMER_SECRET_KEY: 'x'.repeat(40) })[0]).toContain(
      'not both',
    );
  });

  it.each([
    ['debug', { level: 'debug', format: 'json' }],
    ['warn,pretty', { level: 'warn', format: 'pretty' }],
    ['json', { level: 'info', format: 'json' }],
  ])('understands DATAMER_LOG=%s', (text, expected) => {
    expect(loadConfig({ DATAMER_LOG: text }).DATAMER_LOG).toEqual(expected);
  });

  it('is told in docs/configuration.md', () => {
    const head =
      '# Configuration\n\nSettings are environment variables; each may instead be read from the file that `<KEY>_FILE` names. All faults are reported at once, then the program ends with exit code 78.\n\n';
    expectKept('docs/configuration.md', head + describeSettings());
  });
});

describe('loadSecretKey', () => {
  it('creates a key in the data folder once, and only for its owner', () => {
    const settings = loadConfig({ DATAMER_DATA_DIR: path.join(folder, 'data') });
    const key = loadSecretKey(settings);
    expect(key.length).toBeGreaterThanOrEqual(32);
    expect(loadSecretKey(settings)).toBe(key);
    expect(fs.statSync(path.join(folder, 'data', 'secret-key')).mode & 0o077).toBe(0);
  });
});
