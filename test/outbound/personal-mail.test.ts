import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createTransport } from 'nodemailer';
import { simpleParser } from 'mailparser';
import { MailTokens } from '../../src/events/by-mail/mail-tokens.ts';
import { findDelivery, replyAddress } from '../../src/events/by-mail/reply-address.ts';
import { fromBase32, toBase32 } from '../../src/kernel/base32.ts';
import type { EventId, TenantId, UserId } from '../../src/kernel/ids.ts';
import type { DueDelivery } from '../../src/outbound/deliveries.ts';
import { oneLine } from '../../src/outbound/channels/email/one-line.ts';
import { personalMail } from '../../src/outbound/mail/personal-mail.ts';
import type { Message } from '../../src/outbound/wording/message.ts';

const tokens = new MailTokens('k'.repeat(32));
const ID = '019abcde-1234-7abc-8def-0123456789ab';
const TENANT = '019abcde-0000-7abc-8def-000000000001' as TenantId;
const EVENT = '019abcde-0000-7abc-8def-000000000002' as EventId;

function message(title: string, over: Partial<Message> = {}): Message {
  return {
    subject: `[critical] FAILED: ${title} (shop.db) #12`,
    greeting: 'Ana',
    lead: 'event #12 is new, and nobody has it yet:',
    event: {
      id: EVENT,
      number: 12,
      kind: 'FAILED',
      severity: 'critical',
      org: 'shop.db',
      servers: ['db1.shop.example'],
      title,
      createdAt: '2026-11-21T21:07:00.000Z',
      timeZone: 'Europe/Berlin',
      link: `https://pager.example/events/${EVENT}`,
    },
    sections: [],
    actions: [{ label: 'Take it, or see who has it', link: `https://pager.example/events/${EVENT}` }],
    ...over,
  };
}

function delivery(over: Partial<DueDelivery> = {}): DueDelivery {
  return {
    tenantId: TENANT,
    id: ID,
    kind: 'event',
    changeId: null,
    channelId: null,
    eventId: EVENT,
    userId: 'u' as UserId,
    address: 'ana@acme.example',
    message: message('disk full'),
    messageId: `<${ID}@alerts.example>`,
    state: 'pending',
    attempts: 1,
    nextTryAt: null,
    lastError: null,
    createdAt: new Date('2026-11-21T21:07:01Z'),
    sentAt: null,
    inReplyTo: null,
    tenantAddress: 'alerts@acme.example',
    replyStyle: 'token',
    reportMailId: null,
    attachment: null,
    ...over,
  };
}

/** As the transport sends it. */
async function sent(one: DueDelivery) {
  const {
    createdAt: date,
    references,
    ...mail
  } = personalMail(one, { tokens, baseUrl: 'https://pager.example' });
  const transport = createTransport({ streamTransport: true, buffer: true });
  const { message: raw } = (await transport.sendMail({
    ...mail,
    date,
    inReplyTo: mail.inReplyTo ?? '',
    references: references ?? '',
  })) as { message: Buffer };
  return { raw: raw.toString(), parsed: await simpleParser(raw, { skipTextToHtml: true }) };
}

const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;</title></style><script>alert(1)</script>\r\nBcc: all@acme.example\r\n\r\n\u202Egnp.exe`;

describe('The mail of a notice', () => {
  it('says the same as text and as HTML, and loads nothing from anywhere', async () => {
    const { parsed } = await sent(delivery());
    for (const text of [parsed.text, String(parsed.html)]) {
      for (const said of [
        'Hello Ana',
        'disk full',
        'critical',
        'FAILED',
        'shop.db',
        'db1.shop.example',
        '22:07',
        'Europe/Berlin',
      ])
        expect(text).toContain(said);
      expect(text?.match(/https:\/\/pager\.example\/act\/[a-z2-7]{85}/g)).toHaveLength(4);
      expect(text).toContain('Or reply: mine, snooze 2h');
    }
    expect(parsed.html).toContain('●');
    expect(parsed.html).not.toMatch(/<img|<link|<script|url\(|@import|src=/i);
    expect(Buffer.byteLength(String(parsed.html))).toBeLessThan(15 * 1024);
  });

  it('shows what strangers wrote as text, and adds no header of theirs', async () => {
    const { raw, parsed } = await sent(delivery({ message: message(HOSTILE) }));
    expect(parsed.html).not.toMatch(/<img|<script|\u202E/i);
    expect(String(parsed.html).match(/<\/style>/g)).toHaveLength(1);
    expect(parsed.html).toContain('&lt;script&gt;');
    expect(raw.split('\r\n\r\n')[0]).not.toMatch(/^bcc:/im);
    expect(parsed.subject).toContain('Bcc: all@acme.example');
    expect(parsed.subject).toMatch(/\(shop\.db\) #12$/);
  });

  it('stays small however long its lists and titles are', async () => {
    const lines = Array.from({ length: 50 }, (_, index) => ({
      eventId: EVENT,
      severity: 'warn' as const,
      text: `#${index} ${'💥<'.repeat(2000)}`,
      link: `https://pager.example/events/${EVENT}`,
    }));
    const long = message('x'.repeat(5000), { sections: [{ heading: 'Open: 80', lines, more: 30 }] });
    const { parsed } = await sent(delivery({ kind: 'digest', message: long }));
    expect(Buffer.byteLength(String(parsed.html))).toBeLessThan(15 * 1024);
    const shown = String(parsed.html).match(/▲/g)?.length ?? 0;
    expect(parsed.html).toContain(`and ${80 - shown} more`);
  });

  it('can be replied to by an address that names the notice, and by its References alone', async () => {
    const { parsed } = await sent(delivery());
    const address = parsed.replyTo?.value[0]?.address ?? '';
    expect(address).toMatch(/^alerts\+r\.[a-z2-7]{42}@acme\.example$/);
    expect(findDelivery([address.toUpperCase()], [], tokens)).toBe(ID);
    expect(findDelivery(['alerts@acme.example'], [[parsed.references].flat().join(' ')], tokens)).toBe(ID);
  });

  it.each([
    [
      'to the plain address where the mail server takes no detail',
      { replyStyle: 'plain' },
      'alerts@acme.example',
    ],
    ['nowhere where nobody reads replies', { replyStyle: 'none' }, undefined],
    ['nowhere from DaTamer itself', { tenantAddress: null }, undefined],
    ['nowhere from a channel of a team', { userId: null }, undefined],
  ] as const)('is replied to %s', async (_case, over, address) => {
    const { parsed } = await sent(delivery(over));
    expect(parsed.replyTo?.value[0]?.address).toBe(address);
    if (!address) expect(parsed.text).not.toContain('Or reply');
  });

  it.each([
    ['who owns it already need not claim it', { kind: 'assignment' }, 3],
    ['in a channel of a team does nothing in anybody’s name', { userId: null }, 0],
    [
      'about several events leads to the pages',
      { kind: 'digest', message: message('x', { event: null }) },
      0,
    ],
  ] as const)('to somebody %s', async (_case, over, links) => {
    const { parsed } = await sent(delivery(over));
    expect(parsed.text?.match(/\/act\//g)?.length ?? 0).toBe(links);
  });
});

describe('A subject', () => {
  it.each([
    ['a\r\nBcc: x', 'a Bcc: x'],
    ['tab\tand\u2028line', 'tab and line'],
    [`${'é'.repeat(179)}!`, `${'é'.repeat(179)}!`],
  ])('%j', (text, line) => {
    expect(oneLine(text)).toBe(line);
  });

  it('keeps its beginning and its number, and no half characters', () => {
    const line = oneLine(`[critical] ${'🧯'.repeat(500)} (shop.db) #4812`);
    expect(Array.from(line)).toHaveLength(180);
    expect(line).toMatch(/^\[critical\] 🧯.*…🧯+ \(shop\.db\) #4812$/u);
  });
});

describe('Tokens', () => {
  it('are read back, whatever they were made of', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(fromBase32(toBase32(bytes))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('are worth nothing when a letter is changed, the key is another, or they are of another kind', () => {
    const expiresAt = new Date('2026-11-28T00:00:00Z');
    const reply = tokens.signReply(ID);
    const link = tokens.signLink({ tenantId: TENANT, deliveryId: ID, verb: 'complete', expiresAt });
    expect(tokens.verifyReply(reply)).toBe(ID);
    expect(tokens.verifyLink(link)).toEqual({
      tenantId: TENANT,
      deliveryId: ID,
      verb: 'complete',
      expiresAt,
    });
    const others = new MailTokens('l'.repeat(32));
    for (const token of [reply, link]) {
      for (let at = 0; at < token.length; at += 1) {
        const changed = token.slice(0, at) + (token[at] === 'a' ? 'b' : 'a') + token.slice(at + 1);
        expect(tokens.verifyReply(changed) ?? tokens.verifyLink(changed)).toBeNull();
      }
      expect(others.verifyReply(token) ?? others.verifyLink(token)).toBeNull();
    }
    expect(tokens.verifyLink(reply)).toBeNull();
    expect(tokens.verifyReply(link)).toBeNull();
    for (const junk of ['', '0', 'ä', 'a'.repeat(10_000)])
      expect(tokens.verifyReply(junk) ?? tokens.verifyLink(junk)).toBeNull();
  });

  it.each([
    [19, 64, 'as long as mail servers take (RFC 5321)'],
    [20, 20, 'one more, and the address stays as it is'],
    [64, 64, 'long by itself'],
  ])('make of %d characters before the @ %d: %s', (given, made) => {
    const address = replyAddress(`${'a'.repeat(given)}@acme.example`, tokens.signReply(ID), true);
    expect(address.indexOf('@')).toBe(made);
  });
});
