import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Tenant } from '../../src/accounts/tenants.ts';
import type { List, MseAnswer } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { useSmtpDoors } from '../support/smtp-doors.ts';
import { openWorld, type ApiClient, type World } from '../support/world.ts';

const doors = useSmtpDoors();

async function seed(world: World): Promise<{ acme: Tenant; api: ApiClient }> {
  const acme = await world.addTenant('acme');
  return { acme, api: await world.api(acme) };
}

async function mses(api: ApiClient, query = ''): Promise<MseAnswer[]> {
  return (await api.get<List<MseAnswer>>(`/mses?${query}`)).body.items;
}

onBothDatabases('Mail by SMTP', (database) => {
  it('is kept byte for byte, however it is cut into packets', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    const client = await doors.enter(world);
    const lines = fc.array(
      fc.oneof(
        fc.constantFrom('', '.', '..', '. x', '.. dots', 'From me', '>From you', '\tfolded', 'ü\xff'),
        fc.string({ maxLength: 30 }).map((text) => text.replace(/[\r\n\0]/g, '')),
      ),
      { maxLength: 30 },
    );
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(lines, cuts, async (body, sizes) => {
        count += 1;
        const id = `<fidelity-${count}@x.example>`;
        const raw = Buffer.from([`Message-ID: ${id}`, 'Subject: x', '', ...body, ''].join('\r\n'), 'latin1');
        const reply = await client.send('a@x.example', ['alerts@acme.example'], raw, (bytes) =>
          cut(bytes, sizes),
        );
        expect(reply).toMatch(/^250/);
        await world.settle();
        const [stored] = await mses(api, `messageId=${encodeURIComponent(id)}`);
        const answer = await fetch(`${world.baseUrl}/api/v1/mses/${stored?.id ?? ''}/raw`, {
          headers: { authorization: await world.bearer(acme) },
        });
        expect(Buffer.from(await answer.arrayBuffer())).toEqual(raw);
      }),
      { numRuns: 40 },
    );
  });

  it('comes in for the tenant of the address, with or without a detail, and for nobody else', async () => {
    const world = await openWorld(database);
    const { api } = await seed(world);
    const client = await doors.enter(world);
    const raw = Buffer.from('Subject: x\r\n\r\nhello\r\n');
    expect(await client.send('a@x', ['Alerts+backup@ACME.example'], raw)).toMatch(/^250/);
    expect(await client.send('a@x', ['somebody@acme.example'], raw)).toMatch(/^550/);
    await world.settle();
    expect(await mses(api)).toHaveLength(1);
  });

  it('is stored once when it is sent twice, and twice when two mails share a Message-ID', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    const client = await doors.enter(world);
    const { raw } = world.write(acme, { subject: 'one', messageId: '<same@x>' }, world.clock.now());
    const { raw: other } = world.write(
      acme,
      { subject: 'another', messageId: '<same@x>' },
      world.clock.now(),
    );
    for (const mail of [raw, raw, other])
      expect(await client.send('a@x', ['alerts@acme.example'], mail)).toMatch(/^250/);
    await world.settle();
    expect((await mses(api)).map(({ subject }) => subject).sort()).toEqual(['another', 'one']);
    expect(await mses(api, 'messageId=same@x')).toHaveLength(2);
  });

  it('is answered 4xx while the database cannot store it, and 250 afterwards', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    let isAway = true;
    const accept: typeof world.parts.accept = (tenantId, mail) =>
      isAway
        ? Promise.reject(Object.assign(new Error('no space left'), { code: '53100' }))
        : world.parts.accept(tenantId, mail);
    const client = await doors.enter(world, { accept });
    const { raw } = world.write(acme, {}, world.clock.now());
    expect(await client.send('a@x', ['alerts@acme.example'], raw)).toMatch(/^451/);
    isAway = false;
    expect(await client.send('a@x', ['alerts@acme.example'], raw)).toMatch(/^250/);
    await world.settle();
    expect(await mses(api)).toHaveLength(1);
  });

  it('is not stored when the sender goes away before the final dot', async () => {
    const world = await openWorld(database);
    const { api } = await seed(world);
    const door = await doors.open(world);
    const client = await doors.connect(door.port);
    await client.ask('MAIL FROM:<a@x>');
    await client.ask('RCPT TO:<alerts@acme.example>');
    await client.ask('DATA');
    await client.write(Buffer.from('Subject: half\r\n\r\nthe first ha'));
    client.close();
    const again = await doors.connect(door.port);
    expect(await again.send('a@x', ['alerts@acme.example'], Buffer.from('Subject: whole\r\n\r\n'))).toMatch(
      /^250/,
    );
    await world.settle();
    expect((await mses(api)).map(({ subject }) => subject)).toEqual(['whole']);
  });

  it('is taken up to 50 MB, which is said beforehand, and refused with 552 above', async () => {
    const world = await openWorld(database);
    const { api } = await seed(world);
    const client = await doors.enter(world);
    expect(await client.ask('EHLO again')).toContain('SIZE 52428800');
    expect(await client.ask('MAIL FROM:<a@x> SIZE=60000000')).toMatch(/^552/);
    const line = `${'x'.repeat(998)}\r\n`;
    const large = Buffer.from(`Subject: large\r\n\r\n${line.repeat(30_000)}`);
    expect(await client.send('a@x', ['alerts@acme.example'], large)).toMatch(/^250/);
    const tooLarge = Buffer.from(`Subject: too large\r\n\r\n${line.repeat(53_000)}`);
    expect(await client.send('a@x', ['alerts@acme.example'], tooLarge)).toMatch(/^552/);
    await world.settle();
    expect((await mses(api)).map(({ subject }) => subject)).toEqual(['large']);
  });

  it('by LMTP is answered for each recipient', async () => {
    const world = await openWorld(database);
    await seed(world);
    await world.addTenant('other');
    const client = await doors.enter(world, { kind: 'lmtp' });
    const recipients = ['alerts@acme.example', 'alerts@other.example'];
    expect(await client.send('a@x', recipients, Buffer.from('Subject: x\r\n\r\n'))).toMatch(/^250/);
    expect(await client.reply()).toMatch(/^250/);
  });

  it('goes to quarantine when it is beyond reading, does not stop the others, and can be replayed', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    const nested = Array.from(
      { length: 2000 },
      (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n`,
    );
    const deep = Buffer.from(`Subject: deep\r\n${nested.join('')}\r\nx`);
    await world.parts.accept(acme.id, { raw: deep, receivedAt: world.clock.now(), door: 'smtp' });
    await world.deliver(acme, { subject: 'good' });
    expect((await mses(api)).map(({ subject }) => subject)).toEqual(['good']);
    const [aside] = (await api.get<List<{ id: string; reason: string }>>('/quarantine')).body.items;
    expect(aside?.reason).toContain('cannot be read');
    const raw = await fetch(`${world.baseUrl}/api/v1/quarantine/${aside?.id ?? ''}/raw`, {
      headers: { authorization: await world.bearer(acme) },
    });
    expect(Buffer.from(await raw.arrayBuffer())).toEqual(deep);
    expect((await api.send('POST', `/quarantine/${aside?.id ?? ''}/replay`)).status).toBe(200);
    expect((await api.get<List<unknown>>('/quarantine')).body.items).toEqual([]);
    await world.settle();
    expect((await api.get<List<unknown>>('/quarantine')).body.items).toHaveLength(1);
  });

  it.each([
    ['no header at all', '\r\njust text\r\n'],
    ['no Date, Message-ID and From', 'Subject: bare\r\n\r\nx\r\n'],
    ['NUL and binary bytes', 'Subject: a\0b\x01\r\n\r\n\0\x80\xff\r\n'],
    [
      'a thousand tags',
      `Subject: tags\r\n\r\n${':svr:h.example.com '.repeat(1000)}${':sched-perday-x: '.repeat(1000)}\r\n`,
    ],
    ['a lone surrogate in an encoded word', 'Subject: =?UTF-16LE?B?PdgA2A==?=\r\n\r\nx\r\n'],
    ['an address that is none', 'From: <<>>@@\r\nTo: ;;;\r\nSubject: x\r\n\r\nx\r\n'],
    ['a subject of a megabyte', `Subject: ${'word '.repeat(200_000)}\r\n\r\nx\r\n`],
  ])('with %s is neither lost nor a danger to others', async (_what, text) => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    const raw = Buffer.from(text, 'latin1');
    await world.parts.accept(acme.id, { raw, receivedAt: world.clock.now(), door: 'smtp' });
    await world.deliver(acme, { subject: 'good' });
    const aside = (await api.get<List<unknown>>('/quarantine')).body.items;
    expect((await mses(api)).length + aside.length).toBe(2);
    expect((await mses(api)).map(({ subject }) => subject)).toContain('good');
  });
});

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}
