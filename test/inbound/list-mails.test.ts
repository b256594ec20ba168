import { afterEach, expect, it } from '@jest/globals';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { listMails } from '../../src/inbound/import/list-mails.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-list-'));

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

it('lists an archive of years: more mails than a call may have arguments', async () => {
  const file = path.join(folder, 'years.mbox');
  const count = 150_000;
  fs.writeFileSync(file, 'From a@x Sun Feb  1 04:00:00 2026\nSubject: x\n\n\n'.repeat(count));
  const { mails, close } = await listMails([file], new Date('2026-03-01T00:00:00Z'));
  await close();
  expect(mails).toHaveLength(count);
  expect(mails.at(-1)?.file).toBe(`years.mbox#${count}`);
});
