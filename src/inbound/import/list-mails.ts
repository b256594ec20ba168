/** The mails of files and folders, in the order in which they arrived: how a team brings its history. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../kernel/errors.ts';
import { arrivalFromHeader, headerFields, splitMail } from '../parse/header-block.ts';
import { indexMbox, isMbox, readMboxEntry, type MboxEntry } from './mbox.ts';

export interface ImportableMail {
  /** The path below what was asked for, or `name.mbox#N`. */
  file: string;
  /** Null when the mail tells nothing believable about its arrival. */
  arrivedAt: Date | null;
  read: () => Promise<Buffer>;
}

/** Bytes at the front of a mail that hold its Received and Date lines; trace headers of a long way fit in it. */
const HEADER_BYTES = 32 * 1024;

/** @throws AppError naming what cannot be read or is no mail */
export async function listMails(paths: readonly string[], now: Date): Promise<ImportableMail[]> {
  const found: ImportableMail[] = [];
  for (const one of paths) found.push(...(await listPath(one, now)));
  // A mail without a time comes last, in the order it was found; equal times keep their order.
  return found.sort((a, b) => timeOf(a) - timeOf(b));
}

function timeOf({ arrivedAt }: ImportableMail): number {
  return arrivedAt?.getTime() ?? Number.MAX_SAFE_INTEGER;
}

async function listPath(wanted: string, now: Date): Promise<ImportableMail[]> {
  const stat = await fs.stat(wanted).catch(() => null);
  if (!stat) throw new AppError(`${wanted} does not exist.`, { code: 'no-such-file', status: 400 });
  if (stat.isDirectory()) return listFolder(wanted, '', now);
  if (wanted.toLowerCase().endsWith('.eml')) return [await fromFile(wanted, path.basename(wanted), now)];
  if (await isMbox(wanted)) return listMbox(wanted, now);
  throw new AppError(`${wanted} is neither an .eml file, nor an mbox, nor a folder.`, {
    code: 'not-mail',
    status: 400,
  });
}

async function listMbox(file: string, now: Date): Promise<ImportableMail[]> {
  const mails: ImportableMail[] = [];
  for (const entry of await indexMbox(file)) mails.push(await fromMbox(file, entry, now));
  return mails;
}

async function fromMbox(file: string, entry: MboxEntry, now: Date): Promise<ImportableMail> {
  const head = { ...entry, end: Math.min(entry.end, entry.start + HEADER_BYTES) };
  return {
    file: `${path.basename(file)}#${entry.number}`,
    arrivedAt: believable(await readMboxEntry(file, head), now),
    read: () => readMboxEntry(file, entry),
  };
}

const MAILDIR_FOLDERS = ['new', 'cur'];

/** `*.eml` at any depth, and the mails of every Maildir (a folder with new, cur and tmp). */
async function listFolder(root: string, below: string, now: Date): Promise<ImportableMail[]> {
  const entries = (await fs.readdir(path.join(root, below), { withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const isMaildir = ['new', 'cur', 'tmp'].every((name) => folders.includes(name));
  const mails: ImportableMail[] = [];
  for (const entry of entries) {
    const file = path.join(below, entry.name);
    if (entry.isDirectory()) {
      if (isMaildir && entry.name === 'tmp') continue;
      const isMailFolder = isMaildir && MAILDIR_FOLDERS.includes(entry.name);
      mails.push(...(isMailFolder ? await listMaildir(root, file, now) : await listFolder(root, file, now)));
    } else if (entry.name.toLowerCase().endsWith('.eml')) {
      mails.push(await fromFile(path.join(root, file), file, now));
    }
  }
  return mails;
}

async function listMaildir(root: string, below: string, now: Date): Promise<ImportableMail[]> {
  const names = (await fs.readdir(path.join(root, below), { withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
  const mails: ImportableMail[] = [];
  for (const name of names) {
    const file = path.join(below, name);
    mails.push(await fromFile(path.join(root, file), file, now));
  }
  return mails;
}

async function fromFile(full: string, file: string, now: Date): Promise<ImportableMail> {
  return {
    file: file.split(path.sep).join('/'),
    arrivedAt: believable(await readHead(full), now),
    read: () => fs.readFile(full),
  };
}

async function readHead(file: string): Promise<Buffer> {
  const handle = await fs.open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

const FIRST_MAIL = new Date('1971-01-01');

/** A time in the future, or before there was mail, is a broken clock's. */
function believable(head: Buffer, now: Date): Date | null {
  const arrivedAt = arrivalFromHeader(headerFields(splitMail(head).header));
  return arrivedAt && arrivedAt >= FIRST_MAIL && arrivedAt <= now ? arrivedAt : null;
}
