/** The mails that benchmarks run on: labelled streams where DATAMER_BENCH_MAILS names a folder of them, else made up. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { listMails } from '../../src/inbound/import/list-mails.ts';

/** @returns `count` different mails; where there are fewer they come again under other Message-IDs and dates */
export async function benchmarkMails(count: number): Promise<Buffer[]> {
  const folder = process.env['DATAMER_BENCH_MAILS'];
  const originals = folder ? await readStreams(folder) : [];
  return Array.from({ length: count }, (_, index) => {
    const original = originals[index % Math.max(1, originals.length)];
    return original ? again(original, Math.floor(index / originals.length)) : madeUp(index);
  });
}

async function readStreams(folder: string): Promise<Buffer[]> {
  const paths = [
    path.join(folder, 'small', 'mails'),
    path.join(folder, 'storm', 'mails'),
    path.join(folder, 'mixed', 'mixed.mbox'),
  ];
  const { mails, close } = await listMails(paths, new Date(8.64e15));
  const read: Buffer[] = [];
  for (const mail of mails) read.push(await mail.read());
  await close();
  return read;
}

function again(mail: Buffer, turn: number): Buffer {
  if (turn === 0) return mail;
  return Buffer.from(
    mail
      .toString('latin1')
      .replace(/^Message-ID: </im, `Message-ID: <${turn}.`)
      .replace(/^Subject: /im, `Subject: (${turn}) `),
    'latin1',
  );
}

/** A plausible mix: hosts, checks, values, a third of it tagged. */
function madeUp(index: number): Buffer {
  const host = `web-${index % 97}.example.com`;
  const check = ['disk', 'load', 'http', 'backup', 'replication'][index % 5] ?? '';
  const tags = index % 3 === 0 ? `:critical: :org:shop.part${index % 11}: :svr:${host}` : '';
  const at = new Date(Date.UTC(2026, 0, 1) + index * 30_000);
  return Buffer.from(
    [
      `Received: from ${host} by mx.example.com; ${at.toUTCString()}`,
      `From: monitor@${host}`,
      'To: alerts@example.com',
      `Subject: ${index % 4 === 3 ? 'RECOVERY' : 'PROBLEM'}: ${check} on ${host} is at ${index % 100} %`,
      `Date: ${at.toUTCString()}`,
      `Message-ID: <${index}@${host}>`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      '',
      `Host: ${host}`,
      `Check: ${check}, value ${index}`,
      ...Array.from(
        { length: 12 },
        (_, line) => `line ${line}: state=${(index * line) % 7} latency=${index % 1000}ms`,
      ),
      tags,
      '',
    ].join('\r\n'),
  );
}

/** Writes mails as files, for benchmarks that begin with files. */
export async function writeMails(folder: string, mails: readonly Buffer[]): Promise<void> {
  await fs.mkdir(folder, { recursive: true });
  for (const [index, mail] of mails.entries())
    await fs.writeFile(path.join(folder, `${String(index).padStart(6, '0')}.eml`), mail);
}
