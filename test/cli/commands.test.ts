/** The command line as scripts rely on it: exit codes, what is on stdout, and one JSON document with --json. */
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from '../../src/cli/program.ts';
import { createPostgresDatabase } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';

const folders: string[] = [];

function newFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-cli-'));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

async function datamer(
  environment: Record<string, string>,
  args: readonly string[],
  stdin = '',
): Promise<Outcome> {
  const outcome: Outcome = { code: 0, stdout: '', stderr: '' };
  outcome.code = await run(args, {
    environment,
    out: (text) => (outcome.stdout += text),
    error: (text) => (outcome.stderr += text),
    readStdin: async () => Promise.resolve(stdin),
  });
  return outcome;
}

const MAIL = (index: number, subject: string): string =>
  [
    `Received: from a by b; ${new Date(Date.UTC(2026, 1, 1, index)).toUTCString()}`,
    `From: root@host.example`,
    `Subject: ${subject}`,
    `Message-ID: <${index}@x>`,
    '',
    'text',
    'From here on, a quoted line',
    '',
  ].join('\n');

function commands(environmentFor: () => Promise<Record<string, string>>): void {
  let environment: Record<string, string>;
  const command = (...args: string[]): Promise<Outcome> => datamer(environment, args);

  beforeEach(async () => {
    environment = await environmentFor();
  });

  it('adds tenants, people, tokens and mailboxes, and says no to what cannot be', async () => {
    expect((await command('tenant', 'add', 'acme', '--address', 'alerts@acme.example')).code).toBe(0);
    expect(await command('tenant', 'add', 'acme', '--address', 'other@acme.example')).toMatchObject({
      code: 1,
      stdout: '',
    });
    expect((await command('tenant', 'add', 'Bad Slug', '--address', 'nonsense')).stderr).toMatch(
      /slug: .*address: /s,
    );
    const user = [
      'user',
      'add',
      'ana@acme.example',
      '--tenant',
      'acme',
      '--role',
      'admin',
      '--password-stdin',
    ];
    expect((await datamer(environment, user, 'correct horse battery\nsecond line')).code).toBe(0);
    expect((await datamer(environment, user, 'short')).code).toBe(1);
    expect(
      (await datamer(environment, [...user.slice(0, 2), 'ben@acme.example', ...user.slice(3)], '')).stderr,
    ).toContain('No password');
    expect(
      (await command('user', 'add', 'x@y.example', '--tenant', 'acme', '--role', 'king', '--password-stdin'))
        .code,
    ).toBe(2);
    const token = await command('token', 'add', '--tenant', 'acme', '--role', 'engineer');
    expect(token.stdout.split(/\s+/).filter((word) => word.length >= 16)).toHaveLength(1);
    const mailbox = await command(
      'mailbox',
      'add',
      '--tenant',
      'acme',
      '--url',
      'imap://us%40er:pa%2Fss@127.0.0.1:1/In%20Box',
      '--json',
    );
    expect(JSON.parse(mailbox.stdout)).toMatchObject({ url: 'imap://us%40er@127.0.0.1:1/In%20Box' });
    expect(mailbox.stdout + mailbox.stderr).not.toContain('pa/ss');
    const { id } = JSON.parse(mailbox.stdout) as { id: string };
    const tested = await command('mailbox', 'test', id);
    expect(tested.code).toBe(1);
    expect(tested.stdout).toMatch(/✓ DNS.*✗ TCP +Nothing listens.*· TLS/s);
    expect((await command('mailbox', 'test', 'nonsense')).code).toBe(1);
    expect((await command('mailbox', 'add', '--tenant', 'acme', '--url', 'pop3://x')).code).toBe(1);
  });

  it('imports files, folders, mbox and Maildir in the order of arrival, once, and writes the map', async () => {
    await command('tenant', 'add', 'acme', '--address', 'alerts@acme.example');
    const folder = newFolder();
    fs.mkdirSync(path.join(folder, 'deep', 'er'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'deep', 'er', 'b.eml'), MAIL(2, 'PROBLEM: x :critical:'));
    fs.writeFileSync(path.join(folder, 'a.eml'), MAIL(3, 'RECOVERY: y').replaceAll('\n', '\r\n'));
    fs.writeFileSync(path.join(folder, 'notes.txt'), 'no mail');
    for (const part of ['new', 'cur', 'tmp'])
      fs.mkdirSync(path.join(folder, 'Maildir', part), { recursive: true });
    fs.writeFileSync(path.join(folder, 'Maildir', 'cur', '123.host:2,S'), MAIL(1, 'PROBLEM: y'));
    fs.writeFileSync(path.join(folder, 'Maildir', 'tmp', '124.host'), MAIL(9, 'half written'));
    const quoted = (text: string): string => text.replace(/^From /gm, '>From ');
    const mbox = path.join(newFolder(), 'archive.mbox');
    const entries = [4, 5].map(
      (index) => `From root@x Sun Feb  1 04:00:00 2026\n${quoted(MAIL(index, `mail ${index}`))}\n`,
    );
    fs.writeFileSync(mbox, entries.join(''));
    const map = path.join(newFolder(), 'map.jsonl');
    const imported = await command('import', '--tenant', 'acme', folder, mbox, '--map', map, '--json');
    expect(imported.code).toBe(0);
    expect(JSON.parse(imported.stdout)).toMatchObject({
      read: 5,
      stored: 5,
      duplicates: 0,
      quarantined: 0,
      // One for x, one for y with its recovery, one for both mails that differ in a number.
      events: 3,
    });
    const lines = fs
      .readFileSync(map, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(lines.map(({ file }) => file)).toEqual([
      'Maildir/cur/123.host:2,S',
      'deep/er/b.eml',
      'a.eml',
      'archive.mbox#1',
      'archive.mbox#2',
    ]);
    expect(lines[0]).toMatchObject({
      messageId: '<1@x>',
      receivedAt: '2026-02-01T01:00:00.000Z',
      state: 'problem',
      sources: { state: 'parser', org: 'none' },
    });
    expect(lines[1]).toMatchObject({ severity: 'critical', sources: { severity: 'tag' } });
    const again = await command('import', '--tenant', 'acme', folder, mbox, '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ read: 5, stored: 0, duplicates: 5 });
  });

  it('puts right while importing what people have labelled', async () => {
    await command('tenant', 'add', 'acme', '--address', 'alerts@acme.example');
    const folder = newFolder();
    fs.writeFileSync(path.join(folder, 'a.eml'), MAIL(1, 'x'));
    fs.writeFileSync(
      path.join(folder, 'labels.jsonl'),
      `{"file":"a.eml","org":"shop.x","severity":"warn"}\n`,
    );
    const map = path.join(folder, 'map.jsonl');
    const labels = path.join(folder, 'labels.jsonl');
    const imported = await command(
      ...['import', '--tenant', 'acme', folder, '--labels', labels, '--map', map, '--curve', '--json'],
    );
    // What was said before the correction was known: nothing of the org.
    expect(JSON.parse(imported.stdout)).toMatchObject({
      stored: 1,
      curve: [{ from: 1, to: 1, org: { asked: 1, accuracy: 0, coverage: 0 }, severity: { asked: 1 } }],
    });
    expect(imported.stderr).toMatch(/\r1 to 1 +1 +0\.000 +0\.000 +1 /);
    const withoutLabels = await command('import', '--tenant', 'acme', folder, '--curve');
    expect(withoutLabels).toMatchObject({ code: 2, stderr: expect.stringContaining('--labels') });
    expect(JSON.parse(fs.readFileSync(map, 'utf8'))).toMatchObject({
      org: 'shop.x',
      severity: 'warn',
      sources: { org: 'human', severity: 'human' },
    });
    fs.writeFileSync(path.join(folder, 'labels.jsonl'), '{"file":1}');
    expect(
      (await command('import', '--tenant', 'acme', folder, '--labels', path.join(folder, 'labels.jsonl')))
        .stderr,
    ).toContain('line 1');
  });

  it('refuses what is no mail, no tenant or no instant', async () => {
    await command('tenant', 'add', 'acme', '--address', 'alerts@acme.example');
    const folder = newFolder();
    fs.writeFileSync(path.join(folder, 'x.txt'), 'hello');
    expect((await command('import', '--tenant', 'acme', path.join(folder, 'x.txt'))).stderr).toContain(
      'neither an .eml file, nor an mbox',
    );
    expect((await command('import', '--tenant', 'acme', path.join(folder, 'absent'))).stderr).toContain(
      'does not exist',
    );
    expect((await command('import', '--tenant', 'nobody', folder)).stderr).toContain(
      'no such tenant "nobody"',
    );
    expect((await command('import', '--tenant', 'acme', folder, '--until', 'soon')).stderr).toContain(
      'is no instant',
    );
  });

  it('judges schedules while importing with the time of the mails, up to --until', async () => {
    await command('tenant', 'add', 'acme', '--address', 'alerts@acme.example');
    const folder = newFolder();
    const hours = [0, 1, 2, 5, 6];
    for (const hour of hours)
      fs.writeFileSync(path.join(folder, `${hour}.eml`), MAIL(hour, 'ok :org:shop.x: :sched-perhour-1/0:'));
    const imported = await command(
      'import',
      '--tenant',
      'acme',
      folder,
      '--until',
      '2026-02-01T08:00:00Z',
      '--json',
    );
    // One event of the mails, one MISSING from 3:06 to 5, one from 7:06 on.
    expect(JSON.parse(imported.stdout)).toMatchObject({ stored: 5, events: 3 });
  });

  it('backs everything up and restores it into an empty place with the same key, and nowhere else', async () => {
    await command('tenant', 'add', 'acme', '--address', 'alerts@acme.example');
    const token = (await command('token', 'add', '--tenant', 'acme', '--role', 'admin')).stdout;
    const folder = newFolder();
    fs.writeFileSync(path.join(folder, 'a.eml'), MAIL(1, 'PROBLEM: x :critical: :org:shop.x:'));
    await command('import', '--tenant', 'acme', folder);
    const file = path.join(folder, 'backup.gz');
    const first = await command('backup', file, '--json');
    expect((await command('backup', file)).stderr).toContain('could not be written');
    expect((await command('restore', file)).stderr).toContain('not empty');
    const elsewhere = await environmentFor();
    const key = fs
      .readFileSync(path.join(environment['DATAMER_DATA_DIR'] ?? '', 'secret-key'), 'utf8')
      .trim();
    expect((await datamer(elsewhere, ['restore', file])).stderr).toContain('another DATAMER_SECRET_KEY');
    const fitting = { ...elsewhere, DATAMER_SECRET_KEY: key };
    const cut = path.join(folder, 'cut.gz');
    fs.writeFileSync(cut, fs.readFileSync(file).subarray(0, fs.statSync(file).size / 2));
    expect((await datamer(fitting, ['restore', cut])).stderr).toContain('Nothing was restored');
    expect((await datamer(fitting, ['restore', file])).code).toBe(0);
    const again = path.join(folder, 'again.gz');
    const second = await datamer(fitting, ['backup', again, '--json']);
    expect(JSON.parse(first.stdout)).toMatchObject({ rows: expect.any(Number) });
    expect(JSON.parse(second.stdout)).toEqual({ ...JSON.parse(first.stdout), file: again });
    expect(token).toMatch(/^dtm_/);
  });

  it('examines the installation', async () => {
    await command('tenant', 'add', 'sorted', '--address', 'alerts@sorted.example');
    const url = 'imap://us:er@127.0.0.1:1/INBOX';
    await command('mailbox', 'add', '--tenant', 'sorted', '--url', url, '--after', 'move');
    const { code, stdout } = await datamer(
      {
        ...environment,
        DATAMER_HTTP_PORT: '0',
        DATAMER_SMTP_PORT: '0',
        DATAMER_SMTP_OUT_URL: 'smtp://127.0.0.1:1',
      },
      ['doctor', '--json'],
    );
    const { ok, findings } = JSON.parse(stdout) as {
      ok: boolean;
      findings: { what: string; status: string }[];
    };
    expect([code, ok]).toEqual([1, false]);
    expect(findings.find(({ what }) => what === 'outgoing mail')?.status).toBe('failed');
    expect(findings.find(({ what }) => what === 'database')?.status).toBe('ok');
    expect(findings.find(({ what }) => what === 'folders')?.status).toBe('note');
    expect((await command('migrate', '--json')).stdout).toMatch(/^\{"ran":\[/);
    expect(JSON.parse((await command('migrate', '--json')).stdout)).toEqual({ ran: [] });
  });
}

describe('datamer, on the embedded database', () => {
  commands(async () => Promise.resolve({ DATAMER_DATA_DIR: newFolder() }));
});

describeWith('PostgreSQL', 'datamer, on PostgreSQL', () => {
  commands(async () => ({
    DATAMER_DATA_DIR: newFolder(),
    DATABASE_URL: await createPostgresDatabase('template0'),
  }));
});

describe('datamer', () => {
  it('ends with 2 for wrong usage, 78 for a bad configuration, 0 for help', async () => {
    expect((await datamer({}, ['frobnicate'])).code).toBe(2);
    expect((await datamer({}, ['tenant', 'add'])).code).toBe(2);
    expect((await datamer({}, ['tenant', 'add', 'x'])).code).toBe(2);
    const bad = await datamer({ DATAMER_HTTP_PORT: 'x', DATAMER_SMTP_PORT: 'y' }, ['doctor']);
    expect(bad.code).toBe(78);
    expect(bad.stderr).toMatch(/DATAMER_HTTP_PORT.*DATAMER_SMTP_PORT/s);
    expect(await datamer({}, ['--help'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('shows what is understood of one mail, and why', async () => {
    const file = path.join(newFolder(), 'a.eml');
    fs.writeFileSync(file, MAIL(1, 'PROBLEM: disk :critical: :org:shop.db: :sched-perday-x:'));
    const { code, stdout } = await datamer({}, ['lint-mail', file]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/severity +critical +\(tag: tag :critical: in the subject\)/);
    expect(stdout).toMatch(/note +":sched-perday-x:" is no schedule tag/);
    expect(JSON.parse((await datamer({}, ['lint-mail', file, '--json'])).stdout)).toMatchObject({
      org: 'shop.db',
      state: 'problem',
      sources: { org: 'tag', servers: 'none' },
    });
    expect((await datamer({}, ['lint-mail', 'absent.eml'])).code).toBe(1);
  });
});
