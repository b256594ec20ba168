/** The mails of files and folders, in the order in which they arrived: how a team brings its history. */
import fs from 'node:fs';
import path from 'node:path';
import { AppError } from '../../kernel/errors.ts';
import { arrivalFromHeader, splitMail } from '../parse/header-block.ts';
import { MboxFile } from './mbox.ts';

export interface ImportableMail {
  /** The path below what was asked for, or `name.mbox#N`. */
  file: string;
  /** Null when the mail tells nothing believable about its arrival. */
  arrivedAt: Date | null;
  read: () => Promise<Buffer>;
}

/** Bytes at the front of a mail that hold its Received and Date lines; trace headers of a long way fit in it. */
const HEADER_BYTES = 32 * 1024;

export interface MailList {
  mails: ImportableMail[];
  /** Closes the files that mails are read from. */
  close: () => Promise<void>;
}

/** @throws AppError naming what cannot be read or is no mail */
export async function listMails(paths: readonly string[], now: Date): Promise<MailList> {
  const open: MboxFile[] = [];
  const close = async (): Promise<void> => {
    for (const file of open.splice(0)) await file.close();
  };
  try {
    const lists: ImportableMail[][] = [];
    for (const one of paths) lists.push(await listPath(one, now, open));
    // A mail without a time comes last, in the order it was found; equal times keep their order.
    return { mails: lists.flat().sort((a, b) => timeOf(a) - timeOf(b)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function timeOf({ arrivedAt }: ImportableMail): number {
  return arrivedAt?.getTime() ?? Number.MAX_SAFE_INTEGER;
}

async function listPath(wanted: string, now: Date, open: MboxFile[]): Promise<ImportableMail[]> {
  const stat = fs.statSync(wanted, { throwIfNoEntry: false });
  if (!stat) throw new AppError(`${wanted} does not exist.`, { code: 'no-such-file', status: 400 });
  if (stat.isDirectory()) return listFolder(wanted, '', now);
  if (wanted.toLowerCase().endsWith('.eml')) return [fromFile(wanted, path.basename(wanted), now)];
  const mbox = await MboxFile.open(wanted);
  if (mbox) {
    open.push(mbox);
    return listMbox(mbox, path.basename(wanted), now);
  }
  throw new AppError(`${wanted} is neither an .eml file, nor an mbox, nor a folder.`, {
    code: 'not-mail',
    status: 400,
  });
}

async function listMbox(mbox: MboxFile, name: string, now: Date): Promise<ImportableMail[]> {
  return (await mbox.list()).map((entry) => ({
    file: `${name}#${entry.number}`,
    arrivedAt: believable(entry.header, now),
    read: () => mbox.read(entry),
  }));
}

const MAILDIR_FOLDERS = ['new', 'cur'];

/** `*.eml` at any depth, and the mails of every Maildir (a folder with new, cur and tmp). */
function listFolder(root: string, below: string, now: Date): ImportableMail[] {
  const entries = fs
    .readdirSync(path.join(root, below), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const isMaildir = ['new', 'cur', 'tmp'].every((name) => folders.includes(name));
  return entries.flatMap((entry) => {
    const file = path.join(below, entry.name);
    if (entry.isDirectory()) {
      if (isMaildir && entry.name === 'tmp') return [];
      const isMailFolder = isMaildir && MAILDIR_FOLDERS.includes(entry.name);
      return isMailFolder ? listMaildir(root, file, now) : listFolder(root, file, now);
    }
    return entry.name.toLowerCase().endsWith('.eml') ? [fromFile(path.join(root, file), file, now)] : [];
  });
}

function listMaildir(root: string, below: string, now: Date): ImportableMail[] {
  const names = fs
    .readdirSync(path.join(root, below), { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
  const mails: ImportableMail[] = [];
  for (const name of names) {
    const file = path.join(below, name);
    mails.push(fromFile(path.join(root, file), file, now));
  }
  return mails;
}

/**
 * Files are read in place: a million small files through the thread pool would take five times as long, and nobody
 * else waits for this process.
 */
function fromFile(full: string, file: string, now: Date): ImportableMail {
  return {
    file: file.split(path.sep).join('/'),
    arrivedAt: believable(readHeader(full), now),
    read: async () => Promise.resolve(fs.readFileSync(full)),
  };
}

/** Most headers end in the first page. */
const FIRST_READ_BYTES = 4096;
const buffer = Buffer.alloc(HEADER_BYTES);

function readHeader(file: string): string {
  const handle = fs.openSync(file, 'r');
  try {
    let length = fs.readSync(handle, buffer, 0, FIRST_READ_BYTES, 0);
    const isWhole = length < FIRST_READ_BYTES || splitMail(buffer.subarray(0, length)).body.length > 0;
    if (!isWhole) length += fs.readSync(handle, buffer, length, HEADER_BYTES - length, length);
    return splitMail(buffer.subarray(0, length)).header.toString('latin1');
  } finally {
    fs.closeSync(handle);
  }
}

const FIRST_MAIL = new Date('1971-01-01');

/** A time in the future, or before there was mail, is a broken clock's. */
function believable(header: string, now: Date): Date | null {
  const arrivedAt = arrivalFromHeader(header);
  return arrivedAt && arrivedAt >= FIRST_MAIL && arrivedAt <= now ? arrivedAt : null;
}
