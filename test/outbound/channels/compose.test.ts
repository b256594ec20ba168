/** What each kind of channel sends for a message: the shapes that the receivers ask for, and nothing that a mail can bend. */
import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inPackage } from '../../../src/kernel/package-root.ts';
import type { HttpCall } from '../../../src/outbound/channels/call-http.ts';
import type { Outgoing } from '../../../src/outbound/channels/channel-kind.ts';
import { tameChatText } from '../../../src/outbound/channels/chat-text.ts';
import { composeGotify } from '../../../src/outbound/channels/gotify/compose.ts';
import { composeNtfy, splitTopic } from '../../../src/outbound/channels/ntfy/compose.ts';
import { readRetryAfter } from '../../../src/outbound/channels/retry-after.ts';
import { composeSlack } from '../../../src/outbound/channels/slack/compose.ts';
import { composeSmsMail } from '../../../src/outbound/channels/sms-mail/compose.ts';
import { composeSms, type SmsSettings } from '../../../src/outbound/channels/sms/compose.ts';
import { composeNotification, dateAndTime } from '../../../src/outbound/channels/snmp/compose.ts';
import { composeTeams } from '../../../src/outbound/channels/teams/compose.ts';
import { composeWebhook } from '../../../src/outbound/channels/webhook/compose.ts';
import { asSms } from '../../../src/outbound/wording/as-sms.ts';
import type { EventFacts, Message } from '../../../src/outbound/wording/message.ts';

const NOW = new Date('2026-03-02T04:00:10.500Z');

const EVENT: EventFacts = {
  id: '0195-event',
  number: 12,
  kind: 'FAILED',
  severity: 'critical',
  org: 'shop.frontend',
  servers: ['web1.shop.example', 'web2.shop.example'],
  title: 'Disk full on web1',
  createdAt: '2026-03-02T04:00:00.000Z',
  timeZone: 'Europe/Berlin',
  link: 'https://datamer.example/events/0195-event',
};

function aboutEvent(change: Partial<EventFacts> = {}): Outgoing {
  const event = { ...EVENT, ...change };
  return outgoing('event', {
    subject: `[${event.severity}] FAILED: ${event.title} (shop.frontend) #12`,
    greeting: null,
    lead: 'event #12 is new, and nobody has it yet:',
    event,
    sections: [],
    actions: [{ label: 'Take it, or see who has it', link: event.link }],
  });
}

function digest(lines: number): Outgoing {
  return outgoing('digest', {
    subject: `[digest] ${lines} open`,
    greeting: null,
    lead: 'what has happened since:',
    event: null,
    sections: [
      {
        heading: `Open: ${lines}`,
        lines: Array.from({ length: lines }, (_, at) => ({
          eventId: String(at),
          severity: 'warn' as const,
          text: `#${at} load is high | ${'x'.repeat(500)}`,
          link: `https://datamer.example/events/${at}`,
        })),
        more: 0,
      },
    ],
    actions: [],
  });
}

function outgoing(kind: string, message: Message): Outgoing {
  return { id: 'delivery-1', kind, messageId: '<delivery-1@x>', eventId: null, createdAt: NOW, message };
}

function read(call: HttpCall): Record<string, unknown> {
  return JSON.parse(call.body ?? '') as Record<string, unknown>;
}

const URL = 'https://hooks.example/T1';

describe('A webhook', () => {
  const settings = { url: URL, secret: 'sixteen characters', authorization: 'Bearer b' };
  const call = composeWebhook(aboutEvent(), settings, NOW);

  it('gets the facts as JSON, under the key that is the same at each try', () => {
    expect(read(call)).toMatchObject({
      version: 1,
      id: 'delivery-1',
      kind: 'event',
      lead: 'Event #12 is new, and nobody has it yet.',
      event: { number: 12, severity: 'critical', org: 'shop.frontend', link: EVENT.link },
    });
    expect(call.headers).toMatchObject({ 'idempotency-key': 'delivery-1', authorization: 'Bearer b' });
  });

  it('can prove who sent it, and when', () => {
    const [, seconds, signature] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(call.headers['datamer-signature'] ?? '') ?? [];
    const expected = createHmac('sha256', settings.secret).update(`${seconds}.${call.body}`).digest('hex');
    expect(Number(seconds)).toBe(Math.floor(NOW.getTime() / 1000));
    expect(signature).toBe(expected);
  });

  it('is checked by the code in docs/webhooks.md', async () => {
    const docs = fs.readFileSync(inPackage('docs', 'webhooks.md'), 'utf8');
    const code = /```js\n([\s\S]+?)```/.exec(docs)?.[1] ?? '';
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-docs-')), 'check.mjs');
    fs.writeFileSync(file, code);
    const { isFromDaTamer: check } = (await import(file)) as {
      isFromDaTamer: (header: unknown, body: unknown, secret: string, now: number) => boolean;
    };
    const header = call.headers['datamer-signature'];
    expect(check(header, call.body, settings.secret, NOW.getTime())).toBe(true);
    expect(check(header, call.body, 'another secret here', NOW.getTime())).toBe(false);
    expect(check(header, `${call.body} `, settings.secret, NOW.getTime())).toBe(false);
    expect(check(header, call.body, settings.secret, NOW.getTime() + 600_000)).toBe(false);
    expect(check(undefined, call.body, settings.secret, NOW.getTime())).toBe(false);
    fs.rmSync(path.dirname(file), { recursive: true });
  });

  it('is not signed without a secret', () => {
    const { headers } = composeWebhook(aboutEvent(), { url: URL, secret: '', authorization: '' }, NOW);
    expect(Object.keys(headers)).toEqual(['content-type', 'idempotency-key']);
  });
});

describe('A room of Slack or Mattermost', () => {
  const settings = { url: URL, room: '' };

  it('gets the title as a link, in the colour of the severity', () => {
    const { attachments } = read(composeSlack(aboutEvent(), settings)) as { attachments: object[] };
    expect(attachments).toMatchObject([
      {
        color: '#c2182b',
        title: '[critical] FAILED: Disk full on web1 (shop.frontend) #12',
        title_link: EVENT.link,
        fields: [
          { title: 'Org', value: 'shop.frontend' },
          { title: 'Servers', value: 'web1.shop.example, web2.shop.example' },
        ],
        ts: Date.parse(EVENT.createdAt) / 1000,
      },
    ]);
  });

  it('is not rung by what a mail says', () => {
    const { body } = composeSlack(
      aboutEvent({ title: '<!channel> @all [log in](http://evil.example)' }),
      settings,
    );
    expect(body).not.toMatch(/<!|(?<![\w])@all|\]\(/);
    expect(body).toContain('&lt;!channel&gt;');
  });

  it('gets the first twenty lines of a digest and the number of the others', () => {
    const { attachments } = read(composeSlack(digest(50), settings)) as { attachments: { text: string }[] };
    expect(attachments[0]?.text.length).toBeLessThanOrEqual(3000);
    expect(attachments[0]?.text).toContain('<https://datamer.example/events/0|#0 load is high ¦');
  });

  it('may be named, where one webhook serves several', () => {
    expect(read(composeSlack(aboutEvent(), { url: URL, room: 'ops' }))['channel']).toBe('ops');
  });
});

describe('Microsoft Teams', () => {
  it('gets an Adaptive Card with a button to the event', () => {
    const card = read(composeTeams(aboutEvent(), { url: URL }));
    expect(card).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            type: 'AdaptiveCard',
            version: '1.4',
            body: [{ type: 'TextBlock', color: 'Attention' }, { type: 'TextBlock' }, { type: 'FactSet' }],
            actions: [{ type: 'Action.OpenUrl', title: 'Open #12', url: EVENT.link }],
          },
        },
      ],
    });
  });

  it('gets no more than Teams takes: 28 kB', () => {
    const { body } = composeTeams(digest(200), { url: URL });
    expect(Buffer.byteLength(body ?? '')).toBeLessThan(28_000);
    expect(body).toContain('and 188 more');
  });
});

describe('A telephone by ntfy', () => {
  it.each([
    ['critical', 5],
    ['warn', 4],
    ['unclassified', 3],
    ['info', 2],
  ] as const)('rings by severity: %s as %d', (severity, priority) => {
    expect(read(composeNtfy(aboutEvent({ severity }), { url: URL, token: '' }))['priority']).toBe(priority);
  });

  it.each([
    ['wakes for a storm as for the worst of it', 'storm', 4, ['warning']],
    ['wakes for what nobody has taken', 'several', 4, ['warning']],
    ['keeps still for a digest', 'digest', 2, []],
    ['keeps still for what has ended', 'recovered', 2, ['white_check_mark']],
    ['lets a test be heard', 'test', 3, []],
  ])('%s', (_promise, kind, priority, tags) => {
    const sent = read(composeNtfy({ ...digest(3), kind }, { url: URL, token: '' }));
    expect(sent).toMatchObject({ priority, tags });
    expect(
      read(composeGotify({ ...digest(3), kind }, { url: 'https://gotify.example', token: 'A1' }))['priority'],
    ).toBe({ 4: 5, 2: 2, 3: 4 }[priority]);
  });

  it('keeps still for the end of a critical', () => {
    const ended = { ...aboutEvent({ severity: 'critical' }), kind: 'recovered' };
    expect(read(composeNtfy(ended, { url: URL, token: '' }))['priority']).toBe(2);
    expect(read(composeSlack(ended, { url: URL, room: '' }))).toMatchObject({
      attachments: [{ color: '#1a7f4b' }],
    });
  });

  it('is reached through the server, with the topic inside and the token in front', () => {
    const call = composeNtfy(aboutEvent(), { url: 'https://push.example/ntfy/ops', token: 'tk_1' });
    expect(call).toMatchObject({
      url: 'https://push.example/ntfy/',
      headers: { authorization: 'Bearer tk_1' },
    });
    expect(read(call)).toMatchObject({ topic: 'ops', click: EVENT.link });
    expect(splitTopic('https://ntfy.sh/a')).toEqual({ server: 'https://ntfy.sh/', topic: 'a' });
  });

  it('gets a text that ntfy shows instead of attaching it', () => {
    const text = read(composeNtfy(digest(200), { url: URL, token: '' }))['message'] as string;
    expect(Buffer.byteLength(text)).toBeLessThan(4096);
  });
});

describe('A telephone by Gotify', () => {
  it('gets title, text and link, with the token in a header', () => {
    const call = composeGotify(aboutEvent(), { url: 'https://gotify.example/push/', token: 'A1' });
    expect(call).toMatchObject({
      url: 'https://gotify.example/push/message',
      headers: { 'x-gotify-key': 'A1' },
    });
    expect(read(call)).toMatchObject({
      priority: 8,
      message:
        'Event #12 is new, and nobody has it yet.\nOrg: shop.frontend\nServers: web1.shop.example, web2.shop.example',
      extras: { 'client::notification': { click: { url: EVENT.link } } },
    });
  });
});

describe('An SMS', () => {
  it.each<[string, Partial<EventFacts>, string]>([
    [
      'says severity, number, where and what, and where to look',
      {},
      'CRITICAL #12 shop.frontend: Disk full on web1 https://datamer.example/events/0195-event',
    ],
    [
      'puts quotes, dashes and accents as GSM has them',
      { title: '“Größe” – ça déborde… ☂' },
      // The umbrella is in no GSM alphabet: 70 characters are left, and no room for a link.
      'CRITICAL #12 shop.frontend: "Größe" - ca déborde... ☂',
    ],
    [
      'loses the end of a title that is too long, and keeps the link',
      { title: 'y'.repeat(300) },
      `CRITICAL #12 shop.frontend: ${'y'.repeat(90)} https://datamer.example/events/0195-event`,
    ],
  ])('%s', (_promise, change, text) => {
    expect(asSms(aboutEvent(change))).toBe(text);
  });

  it.each([
    ['recovered', 'RECOVERED: CRITICAL #12 '],
    ['assignment', 'YOURS: CRITICAL #12 '],
    ['hand-over', 'NO LONGER YOURS: CRITICAL #12 '],
    ['escalation', 'NOBODY HAS IT: CRITICAL #12 '],
    ['reminder', 'STILL YOURS: CRITICAL #12 '],
    ['event', 'CRITICAL #12 '],
  ])('says in its first words that it is: %s', (kind, words) => {
    expect(asSms({ ...aboutEvent(), kind })).toMatch(new RegExp(`^${words}`));
  });

  it.each([
    { title: 'y'.repeat(5000) },
    { title: '{'.repeat(500) },
    { title: '漢'.repeat(500) },
    { org: 'x.'.repeat(200) },
  ])('is one part whatever the title: $title', (change) => {
    const text = asSms(aboutEvent(change));
    const isGsm = !text.includes('漢');
    const septets = text.length + (text.match(/[{}[\]~|^\\€]/g)?.length ?? 0);
    expect(isGsm ? septets : text.length).toBeLessThanOrEqual(isGsm ? 160 : 70);
    expect(text).toContain('CRITICAL #12');
  });

  const gateway: SmsSettings = {
    url: 'https://sms.example/send',
    format: 'form',
    body: 'to={number}&text={text}',
    number: '+49151',
    authorization: '',
  };

  it.each<[SmsSettings['format'], Partial<SmsSettings>, Partial<HttpCall>]>([
    [
      'form',
      {},
      {
        method: 'POST',
        body: 'to=%2B49151&text=WARN%20%2312%3A%20a%20%26%20%22b%22%20%7Bnumber%7D%20https%3A%2F%2Fd.example',
      },
    ],
    [
      'json',
      { body: '{"to":"{number}","text":"{text}"}' },
      { method: 'POST', body: '{"to":"+49151","text":"WARN #12: a & \\"b\\" {number} https://d.example"}' },
    ],
    [
      'get',
      { url: 'https://sms.example/send?to={number}&t={text}', body: '' },
      {
        method: 'GET',
        body: null,
        url: 'https://sms.example/send?to=%2B49151&t=WARN%20%2312%3A%20a%20%26%20%22b%22%20%7Bnumber%7D%20https%3A%2F%2Fd.example',
      },
    ],
  ])(
    'goes through a gateway as %s, encoded so that a title changes nothing else',
    (format, settings, expected) => {
      const sent = aboutEvent({
        title: 'a & "b" {number}',
        org: null,
        severity: 'warn',
        link: 'https://d.example',
      });
      expect(composeSms(sent, { ...gateway, format, ...settings })).toMatchObject(expected);
    },
  );

  it('by e-mail is the same text', () => {
    expect(composeSmsMail(aboutEvent(), { address: '49151@sms.example' })).toMatchObject({
      to: '49151@sms.example',
      text: asSms(aboutEvent()),
      messageId: '<delivery-1@x>',
    });
  });
});

describe('An SNMP notification', () => {
  it('carries what the MIB says', () => {
    const { oid, varbinds } = composeNotification(aboutEvent());
    expect(oid).toBe('1.3.6.1.4.1.32473.1.0.1');
    expect(Object.fromEntries(varbinds.map((one) => [one.oid.split('.').at(-2), one.value]))).toMatchObject({
      1: 'delivery-1',
      4: 12,
      5: 1,
      7: 'shop.frontend',
      9: 'Disk full on web1',
      11: EVENT.link,
    });
  });

  it.each([
    ['digest', digest(3), '1.3.6.1.4.1.32473.1.0.2'],
    ['test', outgoing('test', digest(0).message), '1.3.6.1.4.1.32473.1.0.3'],
  ])('tells a %s apart', (_kind, sent, oid) => {
    expect(composeNotification(sent)).toMatchObject({ oid, varbinds: { length: 3 } });
  });

  it('writes instants as eleven octets in UTC', () => {
    expect(dateAndTime(NOW).toString('hex')).toBe('07ea030204000a052b0000');
  });
});

describe('Text in a chat', () => {
  it.each([
    ['@channel look', '@\u200bchannel look', 'nobody is named'],
    ['write to ops@shop.example', 'write to ops@shop.example', 'an address stays one'],
    ['[click](http://evil.example)', '[click]\u200b(http://evil.example)', 'no link of ours'],
  ])('%s: %s, because %s', (text, tamed) => {
    expect(tameChatText(text)).toBe(tamed);
  });
});

describe('Retry-After', () => {
  it.each([
    ['30', 30_000],
    ['0', 0],
    ['86400', 3_600_000],
    ['Mon, 02 Mar 2026 04:01:10 GMT', 59_500],
    ['Mon, 02 Mar 2020 04:01:10 GMT', 0],
    ['soon', null],
    [undefined, null],
  ])('%s is %s ms', (header, ms) => {
    expect(readRetryAfter(header, NOW)).toBe(ms);
  });
});
