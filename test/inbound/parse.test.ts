/** What monitoring mail really looks like, and what must be read in it. */
import { describe, expect, it } from '@jest/globals';
import { mailDigest } from '../../src/inbound/parse/digest.ts';
import { arrivalFromHeader, splitMail } from '../../src/inbound/parse/header-block.ts';
import { readMail } from '../../src/inbound/parse/read-mail.ts';

function latin1(...lines: string[]): Buffer {
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

describe('readMail', () => {
  it.each([
    ['an encoded word', latin1('Subject: =?UTF-8?B?UGxhdHRlIHZvbGw=?=', '', ''), 'Platte voll'],
    [
      'a multi-byte letter cut over two words',
      latin1('Subject: =?UTF-8?B?ww==?=', ' =?UTF-8?B?vA==?=', '', ''),
      'ü',
    ],
    ['raw UTF-8', Buffer.from('Subject: Füllstand ✓\r\n\r\n'), 'Füllstand ✓'],
    ['raw Windows-1252', latin1('Subject: F\xfcllstand', '', ''), 'Füllstand'],
    ['a folded line', latin1('Subject: disk full', ' on db1', '', ''), 'disk full on db1'],
    ['Japanese', latin1('Subject: =?ISO-2022-JP?B?GyRCJUYlOSVIGyhC?=', '', ''), 'テスト'],
    ['Chinese', latin1('Subject: =?gb2312?B?suLK1A==?=', '', ''), '测试'],
    ['a NUL', latin1('Subject: a\0b', '', ''), 'ab'],
    ['nothing', latin1('From: a@b.example', '', 'text'), ''],
  ])('reads a subject with %s', async (_what, raw, subject) => {
    expect((await readMail(raw)).subject).toBe(subject);
  });

  const QP = 'Content-Transfer-Encoding: quoted-printable';
  it.each([
    [
      'quoted-printable with a soft break',
      latin1(`Content-Type: text/plain; charset=iso-8859-1`, QP, '', 'K=F6rper :svr:db1=2Eexam=', 'ple.com'),
      'Körper :svr:db1.example.com',
    ],
    [
      'format=flowed',
      latin1('Content-Type: text/plain; format=flowed', '', 'one line ', 'that goes on', ''),
      'one line that goes on',
    ],
    ['bare Windows-1252', latin1('Subject: x', '', 'K\xf6rper'), 'Körper'],
    [
      'a charset that does not exist',
      latin1('Content-Type: text/plain; charset=bogus-99', '', 'K\xf6rper'),
      'Körper',
    ],
    [
      'UTF-8 that calls itself ASCII',
      Buffer.from('Content-Type: text/plain; charset=us-ascii\r\n\r\nKörper'),
      'Körper',
    ],
    ['a NUL', latin1('Subject: x', '', 'a\0b'), 'ab'],
    [
      'a multipart that ends early',
      latin1('Content-Type: multipart/mixed; boundary=x', '', '--x', '', 'hello'),
      'hello',
    ],
    ['no text at all', latin1('Subject: x', '', ''), ''],
  ])('reads a body with %s', async (_what, raw, text) => {
    expect((await readMail(raw)).text.trim()).toBe(text);
  });

  it('tells HTML as text, with the cells of a row on one line', async () => {
    const html =
      '<style>p{}</style><p>Host is <b>down</b></p><table><tr><td>Host</td><td>db1</td></tr></table>';
    const { text } = await readMail(latin1('Content-Type: text/html; charset=utf-8', '', html));
    expect(text).toContain('Host is down');
    expect(text).toMatch(/Host\s+db1/);
    expect(text).not.toContain('{');
  });

  it('keeps the head and the tail of a text of megabytes', async () => {
    const { text } = await readMail(
      latin1('Subject: x', '', `begin ${'x'.repeat(3_000_000)} :svr:db1.example.com end`),
    );
    expect(text.length).toBeLessThan(300_000);
    expect(text).toMatch(/^begin /);
    expect(text).toContain(':svr:db1.example.com end');
  });

  it('does not invent a date for a mail without a readable one', async () => {
    expect((await readMail(latin1('Date: yesterday', '', ''))).sentAt).toBeNull();
    expect((await readMail(latin1('Subject: x', '', ''))).sentAt).toBeNull();
  });

  it('gives a Message-ID its angle brackets', async () => {
    expect((await readMail(latin1('Message-ID: <a@b>', '', ''))).messageId).toBe('<a@b>');
    expect((await readMail(latin1('Message-ID: a@b', '', ''))).messageId).toBe('<a@b>');
    expect((await readMail(latin1('Subject: x', '', ''))).messageId).toBeNull();
  });

  it('gives the values of any header, folded, repeated, structured, encoded or 8-bit', async () => {
    const lines = [
      'List-Id: Backups',
      ' <backup.example>',
      'X-Tool: one',
      'X-Tool: two',
      'X-Name: =?UTF-8?Q?f=C3=BCr?=',
    ];
    const mail = await readMail(Buffer.from([...lines, 'X-Bare: für', '', ''].join('\r\n')));
    expect(mail.header('list-id')).toEqual(['Backups <backup.example>']);
    expect(mail.header('x-tool')).toEqual(['one', 'two']);
    expect(mail.header('x-name')).toEqual(['für']);
    expect(mail.header('x-bare')).toEqual(['für']);
    expect(mail.header('x-absent')).toEqual([]);
  });

  it('refuses ten thousand nested parts instead of working itself to death', async () => {
    const nested = Array.from(
      { length: 10_000 },
      (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n`,
    );
    await expect(readMail(Buffer.from(`Subject: deep\r\n${nested.join('')}\r\nx`))).rejects.toThrow(
      'child nodes',
    );
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['bytes that are no mail', Buffer.from([0, 255, 1, 2, 13, 10, 0, 0, 0])],
    ['a body only', latin1('', 'hello')],
  ])('does not fail on %s', async (_what, raw) => {
    await expect(readMail(raw)).resolves.toBeDefined();
  });
});

describe('mailDigest', () => {
  const mail = latin1(
    'Message-ID: <1@a>',
    'Date: Tue, 10 Mar 2026 08:00:00 +0000',
    'From: a@b',
    'Subject: s',
    '',
    'body',
    '',
  );

  it('is the same for a mail with other trace lines and other line ends', () => {
    const again = Buffer.from(`Received: from x by y; now\n${mail.toString().replaceAll('\r\n', '\n')}\n`);
    expect(mailDigest(again, null)).toEqual(mailDigest(mail, null));
  });

  it('differs for two mails with one Message-ID', () => {
    const other = Buffer.from(mail.toString().replace('body', 'another body'));
    expect(mailDigest(other, null)).not.toEqual(mailDigest(mail, null));
  });

  it('tells equal mails without Message-ID and Date apart by their arrival', () => {
    const bare = latin1('Subject: s', '', 'body');
    const [one, other] = [new Date('2026-03-10T08:00:00Z'), new Date('2026-03-11T08:00:00Z')];
    expect(mailDigest(bare, one)).not.toEqual(mailDigest(bare, other));
    expect(mailDigest(bare, one)).toEqual(mailDigest(bare, one));
  });
});

describe('The arrival of a file', () => {
  const arrival = (...lines: string[]) =>
    arrivalFromHeader(splitMail(latin1(...lines, '', '')).header.toString('latin1'));

  it('is the date of the topmost Received line, folded or not', () => {
    const received = [
      'Received: from a by b',
      '\t; Tue, 10 Mar 2026 08:00:05 +0100 (CET)',
      'Received: by c; Mon, 9 Mar 2026 08:00:00 +0000',
    ];
    expect(arrival(...received, 'Date: Sun, 8 Mar 2026 08:00:00 +0000')).toEqual(
      new Date('2026-03-10T07:00:05Z'),
    );
  });

  it('is the Date line where there is no Received line, else unknown', () => {
    expect(arrival('Date: Sun, 8 Mar 2026 08:00:00 +0000')).toEqual(new Date('2026-03-08T08:00:00Z'));
    expect(arrival('Subject: x')).toBeNull();
  });
});
