/**
 * Mails with what is right about them: a folder of .eml files with labels.jsonl (or folders of such), or one file of
 * lines that hold a mail each, as training-data/unseen.jsonl.
 */
import fs from 'node:fs';
import path from 'node:path';
import libmime from 'libmime';

export interface Label {
  file: string;
  tool: string;
  state: string;
  severity: string | null;
  hosts: string[];
  /** Of a mail without one its file: a row of its own. */
  signal: string;
}

export interface LabelledMail {
  label: Label;
  raw: Buffer;
}

export function readLabelledMails(from: string): LabelledMail[] {
  if (from.endsWith('.jsonl')) return linesOf(from).map(asMail);
  if (fs.existsSync(path.join(from, 'labels.jsonl'))) return mailsIn(from, '');
  const folders = fs.readdirSync(from).filter((name) => fs.existsSync(path.join(from, name, 'labels.jsonl')));
  return folders.flatMap((name) => mailsIn(from, name));
}

function mailsIn(from: string, name: string): LabelledMail[] {
  return linesOf(path.join(from, name, 'labels.jsonl')).map((line) => {
    const label = JSON.parse(line) as Omit<Label, 'signal'> & { signal?: string };
    const file = path.join(name, label.file);
    return {
      label: { ...label, file, signal: label.signal ?? file },
      raw: fs.readFileSync(path.join(from, file)),
    };
  });
}

function linesOf(file: string): string[] {
  return fs.readFileSync(file, 'utf8').split('\n').filter(Boolean);
}

interface WrittenMail extends Label {
  from: string;
  subject: string;
  text: string;
}

function asMail(line: string, at: number): LabelledMail {
  const { from, subject, text, ...label } = JSON.parse(line) as WrittenMail;
  const [, name = '', address = from] = /^(.*?)\s*<(.*)>$/.exec(from) ?? [];
  const header = [
    `From: ${name ? `${libmime.encodeWord(name, 'B')} ` : ''}<${address}>`,
    'To: ops@example.org',
    `Subject: ${libmime.encodeWord(subject, 'B')}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
  ];
  return {
    label: { ...label, file: `line ${at + 1}` },
    raw: Buffer.from(`${header.join('\r\n')}\r\n\r\n${text.replaceAll('\n', '\r\n')}`),
  };
}
