/**
 * mbox files (RFC 4155 and its mboxrd dialect), with LF or CRLF. A mail begins at a line `From sender date` behind an
 * empty line or at the start; body lines that look like one are quoted by `>`, and lose one when read. A file is
 * walked once for where its mails begin and what their headers say, so that gigabytes need no memory.
 */
import fs from 'node:fs/promises';

export interface MboxEntry {
  /** From 1, as in `archive.mbox#1`. */
  number: number;
  /** Of the first byte behind the From line. */
  start: number;
  /** Of the byte behind the last one; the empty line before the next From line is not part of the mail. */
  end: number;
  /** Lines of the header block as far as they are short, one a line end. */
  header: string;
}

/** A From line has a sender and a time; a sentence that begins with "From " rarely does. */
const FROM_LINE = /^From \S.*\d{1,2}:\d{2}/;
const LF = 10;
const CR = 13;
const CHUNK_BYTES = 1024 * 1024;
/** Of a line; a Received line folded by no one would be cut, and then Date tells the arrival. */
const SHOWN_BYTES = 1000;
/** Of a header block; trace lines and Date stand in it long before. */
const LONGEST_HEADER = 32 * 1024;

export class MboxFile {
  readonly #handle: fs.FileHandle;

  private constructor(handle: fs.FileHandle) {
    this.#handle = handle;
  }

  /** @returns null when the file does not begin as an mbox does */
  static async open(file: string): Promise<MboxFile | null> {
    const handle = await fs.open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SHOWN_BYTES), 0, SHOWN_BYTES, 0);
    if (FROM_LINE.test(buffer.toString('latin1', 0, bytesRead))) return new MboxFile(handle);
    await handle.close();
    return null;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async list(): Promise<MboxEntry[]> {
    const entries: MboxEntry[] = [];
    let current: MboxEntry | null = null;
    let isInHeader = false;
    let isBehindEmptyLine = true;
    let emptyLineAt = 0;
    let size = 0;
    for await (const { text, start, end } of this.#lines()) {
      size = end;
      if (isBehindEmptyLine && FROM_LINE.test(text)) {
        if (current) current.end = emptyLineAt;
        current = { number: entries.length + 1, start: end, end, header: '' };
        entries.push(current);
        isInHeader = true;
      } else if (current && isInHeader && text !== '' && current.header.length < LONGEST_HEADER) {
        current.header += `${text}\n`;
      }
      isBehindEmptyLine = text === '';
      if (isBehindEmptyLine) {
        emptyLineAt = start;
        isInHeader = false;
      }
    }
    if (current) current.end = isBehindEmptyLine ? Math.max(current.start, emptyLineAt) : size;
    return entries;
  }

  async *#lines(): AsyncGenerator<Line> {
    let pending: Buffer = Buffer.alloc(0);
    let offset = 0;
    const stream = this.#handle.createReadStream({ start: 0, highWaterMark: CHUNK_BYTES, autoClose: false });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
      let from = 0;
      for (let at = pending.indexOf(LF); at >= 0; at = pending.indexOf(LF, from)) {
        yield { text: shown(pending, from, at), start: offset + from, end: offset + at + 1 };
        from = at + 1;
      }
      pending = pending.subarray(from);
      offset += from;
    }
    if (pending.length > 0) {
      yield { text: shown(pending, 0, pending.length), start: offset, end: offset + pending.length };
    }
  }

  /** One mail, its quoted From lines as they were written. */
  async read({ start, end }: MboxEntry): Promise<Buffer> {
    const bytes = Buffer.alloc(end - start);
    await this.#handle.read(bytes, 0, bytes.length, start);
    return unquote(bytes);
  }
}

interface Line {
  /** Without its end; a longer one is cut. */
  text: string;
  start: number;
  /** Behind the line end. */
  end: number;
}

function shown(bytes: Buffer, from: number, lineFeed: number): string {
  const end = lineFeed > from && bytes[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed;
  return bytes.toString('latin1', from, Math.min(end, from + SHOWN_BYTES));
}

function unquote(bytes: Buffer): Buffer {
  if (!bytes.includes('>From ')) return bytes;
  return Buffer.from(bytes.toString('latin1').replace(/^>(>*From )/gm, '$1'), 'latin1');
}
