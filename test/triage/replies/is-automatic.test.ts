import { describe, expect, it } from '@jest/globals';
import { readMail } from '../../../src/inbound/parse/read-mail.ts';
import { automaticBecause } from '../../../src/triage/replies/is-automatic.ts';

async function why(...headers: string[]): Promise<string | null> {
  const given = headers.join('\r\n');
  const from = /^from:/im.test(given) ? [] : ['From: Ana <ana@acme.example>'];
  const subject = /^subject:/im.test(given) ? [] : ['Subject: Re: [warn] FAILED'];
  const raw = [...from, ...subject, ...headers, '', 'mine', ''].join('\r\n');
  return automaticBecause(await readMail(Buffer.from(raw)));
}

describe('A reply is a machine’s when it', () => {
  it.each([
    ['says so (RFC 3834)', ['Auto-Submitted: auto-replied']],
    ['says so with a parameter', ['Auto-Submitted: auto-generated; owner-email="x@y.example"']],
    ['is of Exchange', ['X-Auto-Response-Suppress: All']],
    ['is of a vacation program of old', ['Precedence: bulk']],
    ['is junk by its own word', ['Precedence: junk']],
    ['went over a list', ['List-Id: <ops.lists.acme.example>']],
    ['has another program’s mark', ['X-Autoreply: yes']],
    ['has yet another one’s', ['X-Autorespond: vacation']],
    ['has a mark against loops', ['X-Loop: ana@acme.example']],
    ['is one of our notices', ['X-DaTamer-Notice: 1.2']],
    ['came without a sender to return to', ['Return-Path: <>']],
    ['is of a mail server', ['From: MAILER-DAEMON@mx.example']],
    ['wants no answer', ['From: no-reply@acme.example']],
    ['reports on a delivery', ['Content-Type: multipart/report; boundary=b']],
    ['begins as Outlook’s', ['Subject: Automatic reply: [warn] FAILED']],
    ['begins as Outlook’s in German', ['Subject: Automatische Antwort: [warn] FAILED']],
    ['begins as Outlook’s in French', ['Subject: =?utf-8?Q?R=C3=A9ponse_automatique=3A_x?=']],
    ['says out of office', ['Subject: Out of office Re: [warn] FAILED']],
  ])('%s', async (_case, headers) => {
    expect(await why(...headers)).not.toBeNull();
  });

  it.each([
    ['an ordinary reply', []],
    ['a person who says so', ['Auto-Submitted: no']],
    ['somebody who writes of their office', ['Subject: Re: out of office hours job failed']],
    ['a person’s own return path', ['Return-Path: <ana@acme.example>']],
    ['high priority', ['Precedence: first-class', 'X-Priority: 1']],
  ])('and not for %s', async (_case, headers) => {
    expect(await why(...headers)).toBeNull();
  });
});
