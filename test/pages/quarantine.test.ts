/** Quarantine: why mails are there, their source as a download, and having them read again. */
import { expect, it } from '@jest/globals';
import { BrowserSession } from '../support/browser-session.ts';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { openWorld } from '../support/world.ts';

/** Nested deeper than any parser goes. */
function unreadable(subject: string): Buffer {
  const nested = Array.from(
    { length: 2000 },
    (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n`,
  );
  return Buffer.from(
    `From: =?utf-8?q?J=C3=B6rg?= <joerg@tools.example>\r\nSubject: ${subject}\r\n${nested.join('')}\r\nx`,
  );
}

onBothDatabases('The quarantine', (database) => {
  async function seed(subjects: string[]) {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    await world.addUser(acme, 'ana');
    await world.addUser(acme, 'boss', 'manager');
    for (const subject of subjects) {
      await world.parts.accept(acme.id, {
        raw: unreadable(subject),
        receivedAt: world.clock.now(),
        door: 'smtp',
      });
    }
    await world.settle();
    return { world, api: await world.api(acme) };
  }

  it('tells who sent what, gives the source as a download only, and has mails read again', async () => {
    const { world, api } = await seed(['deep one', 'deep two', 'deep three']);
    const count = async () => (await api.get<{ items: { id: string }[] }>('/quarantine')).body.items;
    const ana = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const shown = await (await ana.get('/quarantine')).text();
    expect(shown).toContain('deep two');
    expect(shown).toContain('Jörg &lt;joerg@tools.example&gt;');
    expect(shown).toContain('Read all 3 again');
    const [first] = await count();
    const raw = await ana.get(`/quarantine/${first?.id ?? ''}/raw`);
    expect(raw.headers.get('content-disposition')).toContain('attachment');
    expect(raw.headers.get('content-type')).toContain('message/rfc822');
    expect(Buffer.from(await raw.arrayBuffer())).toEqual(unreadable('deep three'));

    await ana.post(`/quarantine/${first?.id ?? ''}/replay`, {});
    expect(await count()).toHaveLength(2);
    const [reason = ''] = /name="reason" value="([^"]*)"/.exec(shown)?.slice(1) ?? [];
    await ana.post('/quarantine/replay', { reason });
    expect(await (await ana.get('/quarantine')).text()).toContain('Nothing in quarantine');
    await world.settle();
    expect(await count()).toHaveLength(3);

    const boss = await BrowserSession.signIn(world.baseUrl, 'boss@acme.example');
    expect(await (await boss.get('/quarantine')).text()).not.toContain('Read all');
    expect((await boss.post('/quarantine/replay', { reason })).status).toBe(403);
  });

  // What pages look like does not depend on the database.
  if (database.kind === 'PostgreSQL') return;

  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    it('is readable in both colour schemes and on a phone', async () => {
      const { world } = await seed(['deep one', 'deep two']);
      for (const look of [{}, { colorScheme: 'dark' }, { width: 390 }] as const) {
        const page = await browser.signIn(world, 'ana@acme.example', look);
        await page.goto('/quarantine');
        expect(await findAxeFaults(page)).toEqual([]);
        expect(await scrollsSideways(page)).toBe(false);
        await photograph(page, `quarantine-${Object.values(look).join('') || 'wide'}`);
      }
    });
  });
});
