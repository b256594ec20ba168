import { describe, expect, it } from '@jest/globals';
import { readMail } from '../../../src/inbound/parse/read-mail.ts';
import { ownLines } from '../../../src/triage/replies/own-text.ts';

const NOTICE = ['> Hello ana,', '>', '> event #12 is new, and nobody has it yet:', '>   mine']; // a quoted "mine" is no command
const BARE = ['Hello ana,', '', 'event #12 is new, and nobody has it yet:', 'mine'];

/** Replies as programs write them: what is above the quote, or below it where that is their habit. */
const CLIENTS: [client: string, lines: string[], own: string][] = [
  [
    'Gmail',
    ['mine', '', 'On Sat, Nov 21, 2026 at 10:07 PM DaTamer <datamer@alerts.example> wrote:', '', ...NOTICE],
    'mine',
  ],
  [
    'Gmail, attribution over two lines',
    [
      'mine',
      '',
      'On Sat, Nov 21, 2026 at 10:07 PM A very long name indeed <',
      'datamer@alerts.example> wrote:',
      '',
      ...NOTICE,
    ],
    'mine',
  ],
  [
    'Gmail in German',
    [
      'mine',
      '',
      'Am Sa., 21. Nov. 2026 um 22:07 Uhr schrieb DaTamer <',
      'datamer@alerts.example>:',
      '',
      ...NOTICE,
    ],
    'mine',
  ],
  [
    'Gmail in French',
    ['mine', '', 'Le sam. 21 nov. 2026 à 22:07, DaTamer <datamer@alerts.example> a écrit :', '', ...NOTICE],
    'mine',
  ],
  [
    'Gmail in Spanish',
    [
      'mine',
      '',
      'El sáb, 21 nov 2026 a las 22:07, DaTamer (<datamer@alerts.example>) escribió:',
      '',
      ...NOTICE,
    ],
    'mine',
  ],
  [
    'Gmail, HTML alone',
    ['mine', '', 'On Sat, Nov 21, 2026 at 10:07 PM DaTamer <datamer@alerts.example> wrote:', '', ...BARE],
    'mine',
  ],
  [
    'Apple Mail',
    [
      'done replaced the disk',
      '',
      '> On 21. Nov 2026, at 22:07, DaTamer <datamer@alerts.example> wrote:',
      '> ',
      ...NOTICE,
    ],
    'done replaced the disk',
  ],
  [
    'Apple Mail in German',
    ['mine', '', 'Am 21.11.2026 um 22:07 schrieb DaTamer <datamer@alerts.example>:', '', ...NOTICE],
    'mine',
  ],
  [
    'iPhone',
    [
      'Mine',
      '',
      'Sent from my iPhone',
      '',
      'On 21 Nov 2026, at 22:07, DaTamer <datamer@alerts.example> wrote:',
      '',
      '\u200b',
      ...BARE,
    ],
    'Mine',
  ],
  [
    'iPhone in German',
    [
      'Mine',
      '',
      'Von meinem iPhone gesendet',
      '',
      '> Am 21.11.2026 um 22:07 schrieb DaTamer <datamer@alerts.example>:',
      '> ',
      ...NOTICE,
    ],
    'Mine',
  ],
  [
    'Outlook',
    [
      'snooze 2h',
      '',
      '________________________________',
      'From: DaTamer <datamer@alerts.example>',
      'Sent: Saturday, November 21, 2026 10:07 PM',
      'To: Ana',
      'Subject: [critical] FAILED',
      '',
      ...BARE,
    ],
    'snooze 2h',
  ],
  [
    'Outlook on Windows',
    ['snooze 2h', '', '-----Original Message-----', 'From: DaTamer', 'Sent: Saturday', ...BARE],
    'snooze 2h',
  ],
  [
    'Outlook in German, no line',
    [
      'mine',
      '',
      'Von: DaTamer <datamer@alerts.example> ',
      'Gesendet: Samstag, 21. November 2026 22:07',
      'An: Ana',
      'Betreff: [critical] FAILED',
      '',
      ...BARE,
    ],
    'mine',
  ],
  ['Outlook in German', ['mine', '', '-----Ursprüngliche Nachricht-----', 'Von: DaTamer', ...BARE], 'mine'],
  [
    'Outlook for iOS',
    ['ack', '', 'Get Outlook for iOS<https://aka.ms/o0ukef>', '________________________________', ...BARE],
    'ack',
  ],
  [
    'Outlook from HTML, bold names',
    ['mine', '', '*From:* DaTamer <datamer@alerts.example>', '*Sent:* Saturday', '*To:* Ana', '', ...BARE],
    'mine',
  ],
  ['Thunderbird, above', ['mine', '', 'On 21.11.26 22:07, DaTamer wrote:', ...NOTICE], 'mine'],
  [
    'Thunderbird, below the quote',
    ['On 21.11.26 22:07, DaTamer wrote:', ...NOTICE, '', 'mine', '', '-- ', 'Ana'],
    'mine',
  ],
  ['Thunderbird in German, below', ['Am 21.11.26 um 22:07 schrieb DaTamer:', ...NOTICE, '', 'mine'], 'mine'],
  [
    'K-9',
    [
      'mine',
      '',
      '',
      'On 21 November 2026 22:07:00 CET, DaTamer <datamer@alerts.example> wrote:',
      ...NOTICE,
      '',
      '-- ',
      'Sent from my Android device with K-9 Mail.',
    ],
    'mine',
  ],
  [
    'K-9 with headers',
    ['mine', '', '-------- Original Message --------', 'From: DaTamer', 'Sent: 21 November', ...BARE],
    'mine',
  ],
  [
    'Samsung',
    ['mine', '', 'Sent from my Galaxy', '', '-------- Original message --------', 'From: DaTamer ', ...BARE],
    'mine',
  ],
  [
    'Proton',
    [
      'mine',
      '',
      'Sent with Proton Mail secure email.',
      '',
      'On Saturday, November 21st, 2026 at 22:07, DaTamer <datamer@alerts.example> wrote:',
      '',
      ...NOTICE,
    ],
    'mine',
  ],
  [
    'mutt, below',
    ['On Sat, Nov 21, 2026 at 10:07:00PM +0000, DaTamer wrote:', ...NOTICE, '', 'mine'],
    'mine',
  ],
  ['Zimbra', ['mine', '', '----- Original Message -----', ...BARE], 'mine'],
  ['Lotus Notes', ['mine', '', '-----DaTamer <datamer@alerts.example> wrote: -----', ...BARE], 'mine'],
  ['nothing but a quote', NOTICE, ''],
  [
    'nothing but an HTML quote',
    ['On Sat, Nov 21, 2026, DaTamer <datamer@alerts.example> wrote:', '', ...BARE],
    '',
  ],
  ['empty', ['', ' ', '\u00a0'], ''],
  [
    'a note of paragraphs',
    ['note the disk is full again', '', 'On it since 9:00: cleaning up.', '', '-- ', 'Ana'],
    'note the disk is full again\n\nOn it since 9:00: cleaning up.',
  ],
  [
    'a note that names somebody',
    ['note Bo wrote a script', 'that works'],
    'note Bo wrote a script\nthat works',
  ],
  ['Windows line ends', ['mine\r', '\r', '> quoted\r'], 'mine'],
];

describe('What a person wrote into a reply', () => {
  it.each(CLIENTS)('with %s', (_client, lines, own) => {
    expect(ownLines(lines.join('\n')).join('\n')).toBe(own);
  });

  it.each([
    [
      'Gmail',
      '<div dir="ltr">mine</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Sat, Nov 21, 2026 at 10:07 PM DaTamer &lt;<a href="mailto:datamer@alerts.example">datamer@alerts.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote"><table><tr><td>Hello ana, claim</td></tr></table></blockquote></div>',
    ],
    [
      'Outlook',
      '<div class="WordSection1"><p class="MsoNormal">mine<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><div style="border-top:solid"><p class="MsoNormal"><b>From:</b> DaTamer &lt;datamer@alerts.example&gt; <br><b>Sent:</b> Saturday<br><b>To:</b> Ana<br><b>Subject:</b> [critical]<o:p></o:p></p></div><p>Hello ana</p></div>',
    ],
    [
      'Outlook on the web',
      '<div>mine</div><div><br></div><hr tabindex="-1"><div id="divRplyFwdMsg"><font><b>From:</b> DaTamer<br><b>Sent:</b> Saturday<br><b>To:</b> Ana</font></div><div>Hello</div>',
    ],
    [
      'Apple Mail',
      'mine<div><br><blockquote type="cite"><div>On 21. Nov 2026, at 22:07, DaTamer &lt;datamer@alerts.example&gt; wrote:</div><br><div>Hello ana</div></blockquote></div>',
    ],
    [
      'Thunderbird',
      '<p>mine</p><div class="moz-cite-prefix">Am 21.11.26 um 22:07 schrieb DaTamer:<br></div><blockquote type="cite"><p>Hello</p></blockquote>',
    ],
    [
      'Yahoo',
      '<div><div>mine</div><br></div><div class="yahoo_quoted"><div>On Saturday, November 21, 2026 at 10:07:00 PM GMT+1, DaTamer &lt;datamer@alerts.example&gt; wrote: </div><div><br></div><div>Hello</div></div>',
    ],
  ])('as HTML alone, with %s', async (_client, html) => {
    const raw = `From: a@b.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>${html}</body></html>\r\n`;
    expect(ownLines((await readMail(Buffer.from(raw))).text)).toEqual(['mine']);
  });

  it('is found in a moment in text made to take long', () => {
    const hostile = [
      `${'On wrote '.repeat(33)}\n`.repeat(30_000),
      `${'> '.repeat(500)}\n`.repeat(1000),
      '-'.repeat(1_000_000),
      'From: a\n'.repeat(100_000),
      `On ${'wrote '.repeat(200_000)}:`,
      `${'<@'.repeat(150)}\n`.repeat(3000),
    ];
    const begun = performance.now();
    for (const text of hostile) ownLines(text);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
