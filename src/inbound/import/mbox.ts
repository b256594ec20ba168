/**
 * mbox files (RFC 4155 and its mboxrd dialect), with LF or CRLF. A mail begins at a line `From sender date` behind an
 * empty line or at the start; body lines that look like one are quoted by `>`, and lose one when read. Files are
 * walked once for where mails begin, so that gigabytes need no memory.
 */
import fs from 'node:fs/promises';

export interface MboxEntry {
  /** From 1, as in `archive.mbox#1`. */
  number: number;
  /** Of the first byte behind the From line. */
  start: number;
  /** Of the byte behind the last one; the empty line before the next From line is not part of the mail. */
  end: number;
}

/** A From line has a sender and a time; a sentence that begins with "From " rarely does. */
const FROM_LINE = /^From \S.*\d{1,2}:\d{2}/;
const LF = 10;
const CR = 13;
const CHUNK_BYTES = 1024 * 1024;

export async function isMbox(file: string): Promise<boolean> {
  const handle = await fs.open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(200), 0, 200, 0);
    return FROM_LINE.test(buffer.toString('latin1', 0, bytesRead));
  } finally {
    await handle.close();
  }
}

export async function indexMbox(file: string): Promise<MboxEntry[]> {
  const entries: MboxEntry[] = [];
  let current: MboxEntry | null = null;
  let isBehindEmptyLine = true;
  let emptyLineAt = 0;
  let size = 0;
  for await (const { line, start, end } of linesOf(file)) {
    size = end;
    if (isBehindEmptyLine && FROM_LINE.test(line)) {
      if (current) current.end = emptyLineAt;
      current = { number: entries.length + 1, start: end, end };
      entries.push(current);
    }
    isBehindEmptyLine = line === '';
    if (isBehindEmptyLine) emptyLineAt = start;
  }
  if (current) current.end = isBehindEmptyLine ? Math.max(current.start, emptyLineAt) : size;
  return entries;
}

interface Line {
  /** The first 200 bytes, without the line end: enough to know a From line. */
  line: string;
  start: number;
  /** Behind the line end. */
  end: number;
}

const SHOWN_BYTES = 200;

async function* linesOf(file: string): AsyncGenerator<Line> {
  const handle = await fs.open(file);
  try {
    let pending: Buffer = Buffer.alloc(0);
    let offset = 0;
    for await (const chunk of handle.createReadStream({ highWaterMark: CHUNK_BYTES, autoClose: false })) {
      pending = pending.length > 0 ? Buffer.concat([pending, chunk as Buffer]) : (chunk as Buffer);
      let from = 0;
      for (let at = pending.indexOf(LF); at >= 0; at = pending.indexOf(LF, from)) {
        yield { line: shown(pending, from, at), start: offset + from, end: offset + at + 1 };
        from = at + 1;
      }
      pending = pending.subarray(from);
      offset += from;
    }
    if (pending.length > 0) {
      yield { line: shown(pending, 0, pending.length), start: offset, end: offset + pending.length };
    }
  } finally {
    await handle.close();
  }
}

function shown(bytes: Buffer, from: number, lineFeed: number): string {
  const end = lineFeed > from && bytes[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed;
  return bytes.toString('latin1', from, Math.min(end, from + SHOWN_BYTES));
}

/** One mail with its quoted From lines as they were written. */
export async function readMboxEntry(file: string, { start, end }: MboxEntry): Promise<Buffer> {
  const handle = await fs.open(file);
  try {
    const bytes = Buffer.alloc(end - start);
    await handle.read(bytes, 0, bytes.length, start);
    return unquote(bytes);
  } finally {
    await handle.close();
  }
}

function unquote(bytes: Buffer): Buffer {
  if (!bytes.includes('>From ')) return bytes;
  return Buffer.from(bytes.toString('latin1').replace(/^>(>*From )/gm, '$1'), 'latin1');
}
