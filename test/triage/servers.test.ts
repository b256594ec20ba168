/** From a mail to its servers, and from a server to the path it belongs to: pure, with the inventory in memory. */
import { describe, expect, it } from '@jest/globals';
import { readMail } from '../../src/inbound/parse/read-mail.ts';
import type { MseId } from '../../src/kernel/ids.ts';
import { newMse, type Mse, type ToolReading } from '../../src/triage/mse.ts';
import { findServers } from '../../src/triage/servers/find-servers.ts';
import { readHost } from '../../src/triage/servers/host-name.ts';
import { Inventory } from '../../src/triage/servers/inventory.ts';
import { scanHosts } from '../../src/triage/servers/scan-hosts.ts';
import { applyTags } from '../../src/triage/tags/apply-tags.ts';
import { processorMs } from '../support/processor-time.ts';

const NOW = new Date('2026-03-12T09:00:00Z');

interface MailText {
  from?: string;
  subject?: string;
  body?: string;
  headers?: string[];
  reading?: Partial<ToolReading>;
}

async function read(inventory: Inventory, { from, subject, body, headers, reading }: MailText): Promise<Mse> {
  const lines = [`From: ${from ?? 'alerts@tools.example'}`, `Subject: ${subject ?? 'x'}`, ...(headers ?? [])];
  const raw = Buffer.from([...lines, '', body ?? '', ''].join('\r\n'));
  const mse = newMse({ id: 'mail' as MseId, receivedAt: NOW, door: 'import', raw }, await readMail(raw));
  applyTags([mse], { tenant: { tagSenders: null } });
  if (reading) mse.reading = { tool: 'nagios', hosts: [], service: null, ...reading };
  findServers([mse], { memory: { servers: inventory } });
  return mse;
}

function serversOf(mse: Mse): string[] {
  return mse.findings.servers?.value ?? [];
}

describe('A host name', () => {
  it.each([
    ['DB-01.Example.COM', 'db-01.example.com'],
    ['db-01.example.com.', 'db-01.example.com'],
    ['db-01:9100', 'db-01'],
    ['https://user@www.example.com:8443/status?x=1', 'www.example.com'],
    ['[2001:db8::17]:9100', '2001:db8::17'],
    ['192.0.2.17', '192.0.2.17'],
    ['localhost', null],
    ['db-01 (192.0.2.17)', 'db-01'],
    ['a..b', null],
    ['', null],
    [`${'a.'.repeat(200)}example`, null],
  ])('%s is read as %s', (written, host) => {
    expect(readHost(written)).toBe(host);
  });
});

describe('The scan for names', () => {
  function scan(text: string): string[] {
    const found: string[] = [];
    scanHosts(text, ({ name, isLink }) => found.push(isLink ? `${name} (link)` : name));
    return found;
  }

  it('takes words that could be hosts, and tells what only leads somewhere', () => {
    expect(scan('nfs: server NAS-02 not responding, see https://mon01.example.com/x')).toEqual([
      'nas-02',
      'mon01.example.com (link)',
    ]);
    expect(scan('root@db1.example.com. Down: web01, (web-02)…')).toEqual([
      'db1.example.com (link)',
      'web01',
      'web-02',
    ]);
    expect(scan('gateway is down since 12:30, 17 of 20')).toEqual([]);
  });

  it('reads only the beginning of a megabyte on one line, in no time', () => {
    for (const line of ['a-'.repeat(500_000), 'a.'.repeat(500_000), 'ab1 '.repeat(250_000)]) {
      expect(processorMs(() => scan(line))).toBeLessThan(300);
    }
  });
});

describe('The servers of a mail', () => {
  it('are those that its tag names', async () => {
    const mse = await read(new Inventory(), { subject: 'x :svr:db1.example.com:' });
    expect(mse.findings.servers).toMatchObject({ value: ['db1.example.com'], source: 'tag' });
  });

  it('come in full when the mail says the short name in full elsewhere', async () => {
    const from = 'root@nas-02.ams.example.com';
    const hosts = ['nas-02'];
    expect(serversOf(await read(new Inventory(), { from, reading: { hosts } }))).toEqual([
      'nas-02.ams.example.com',
    ]);
    const headers = [
      'Received: from nas-02.ams.example.com by mx.example.com; Thu, 12 Mar 2026 09:00:00 +0000',
    ];
    expect(serversOf(await read(new Inventory(), { headers, reading: { hosts } }))).toEqual([
      'nas-02.ams.example.com',
    ]);
    const body = 'DNS domain: ams.example.com';
    expect(serversOf(await read(new Inventory(), { body, reading: { hosts } }))).toEqual([
      'nas-02.ams.example.com',
    ]);
  });

  it('come in full when only the short name is known, and the sender has the full one', async () => {
    const inventory = new Inventory();
    await read(inventory, { subject: 'x', reading: { hosts: ['nas-02'] } });
    const mse = await read(inventory, { from: 'support@nas-02.ams.example.com', subject: 'nas-02: HA down' });
    expect(serversOf(mse)).toEqual(['nas-02.ams.example.com']);
  });

  it('come in full when exactly one known server is called so', async () => {
    const inventory = new Inventory();
    await read(inventory, { subject: 'x :svr:db-01.fra.example.com:' });
    const short = { reading: { hosts: ['db-01'] } };
    expect(serversOf(await read(inventory, short))).toEqual(['db-01.fra.example.com']);
    await read(inventory, { subject: 'x :svr:db-01.ams.example.com:' });
    expect(serversOf(await read(inventory, short))).toEqual(['db-01']);
    const near = { ...short, from: 'nagios@mon.ams.example.com' };
    expect(serversOf(await read(inventory, near))).toEqual(['db-01.ams.example.com']);
  });

  it('is the machine that sends, for programs that speak of their own machine', async () => {
    const mse = await read(new Inventory(), {
      from: 'root@web01.example.com',
      subject: 'Cron <root@web01> x',
    });
    expect(mse.findings.servers).toMatchObject({ value: ['web01.example.com'], source: 'parser' });
  });

  it.each([
    ['a monitoring account', 'nagios@mon01.example.com'],
    ['a service in the cloud', 'no-reply@mail.uptime.example'],
    ['a relay', 'billing-errors@smtp2.example.com'],
    ['a domain', 'billing-errors@example.com'],
  ])('is not the sender when that is %s', async (_what, from) => {
    expect(serversOf(await read(new Inventory(), { from }))).toEqual([]);
  });

  it('is not a sender that is known to speak of others', async () => {
    const inventory = new Inventory();
    const from = 'watcher@eye01.example.com';
    expect(serversOf(await read(inventory, { from }))).toEqual(['eye01.example.com']);
    for (const host of ['a1', 'b1', 'c1']) await read(inventory, { from, body: `:svr:${host}.example.com:` });
    expect(serversOf(await read(inventory, { from }))).toEqual([]);
  });

  it('is the one that the text names, in a domain where others are known', async () => {
    const inventory = new Inventory();
    const mail = { from: 'no-reply@sns.cloud.example', body: 'Dimensions: [host = new-01.shop.example.org]' };
    expect(serversOf(await read(inventory, mail))).toEqual([]);
    for (const host of ['a1', 'b1', 'c1']) await read(inventory, { body: `:svr:${host}.shop.example.org:` });
    expect(serversOf(await read(inventory, mail))).toEqual(['new-01.shop.example.org']);
  });

  it('may be named beside others, which are mentions', async () => {
    const inventory = new Inventory();
    await read(inventory, { subject: 'x :svr:nas-02.example.com:' });
    const mse = await read(inventory, {
      from: 'root@web01.example.com',
      body: 'nfs: server nas-02 not responding, see https://nas-02.example.com',
    });
    expect(serversOf(mse)).toEqual(['web01.example.com']);
    expect(mse.mentions).toEqual(['nas-02.example.com']);
  });
});

describe('The path of a server', () => {
  const tagged = { subject: 'x :org:shop.checkout:', body: ':svr:db-01.example.com:' };

  it('is the one that nearly all its mails have', async () => {
    const inventory = new Inventory();
    const untagged = { from: 'root@db-01.example.com' };
    expect((await read(inventory, untagged)).findings.org).toBeUndefined();
    for (let mail = 0; mail < 3; mail += 1) await read(inventory, tagged);
    expect((await read(inventory, untagged)).findings.org).toMatchObject({
      value: 'shop.checkout',
      source: 'model',
      reason: 'db-01.example.com belongs to shop.checkout (3 of 3 mails)',
    });
  });

  it('is unknown while its mails disagree, and changes when the server moves', async () => {
    const inventory = new Inventory();
    const org = () => inventory.belongsTo('db-01.example.com')?.org;
    for (let mail = 0; mail < 40; mail += 1) inventory.seeOrg('db-01.example.com', 'shop', NOW);
    expect(org()).toBe('shop');
    for (let mail = 0; mail < 20; mail += 1) inventory.seeOrg('db-01.example.com', 'bank', NOW);
    expect(org()).toBeUndefined();
    for (let mail = 0; mail < 200; mail += 1) inventory.seeOrg('db-01.example.com', 'bank', NOW);
    expect(org()).toBe('bank');
  });

  it('of one never met is that of all known servers with a word of its name', () => {
    const inventory = new Inventory();
    const org = (name: string) => inventory.belongsTo(name)?.org;
    inventory.seeOrg('ams-cart-app-01.example.com', 'shop.cart', NOW);
    expect(org('fra-cart-app-07.example.com')).toBeUndefined();
    inventory.seeOrg('ams-cart-web-01.example.com', 'shop.cart', NOW);
    inventory.seeOrg('ams-pay-app-01.example.com', 'shop.pay', NOW);
    expect(inventory.belongsTo('fra-cart-app-07.example.com')).toMatchObject({
      org: 'shop.cart',
      confidence: 0.75,
      reason: '2 servers with “cart” in their names, and all that are known, belong to shop.cart',
    });
    expect(org('ams-app-09.example.com')).toBeUndefined();
    inventory.seeOrg('ams-cart-db-01.example.com', 'shop.orders', NOW);
    expect(org('fra-cart-app-07.example.com')).toBeUndefined();
  });

  it('of several servers is what theirs share', async () => {
    const inventory = new Inventory();
    for (let mail = 0; mail < 3; mail += 1) {
      inventory.seeOrg('a1.example.com', 'shop.web', NOW);
      inventory.seeOrg('b1.example.com', 'shop.db', NOW);
    }
    const both = await read(inventory, { reading: { hosts: ['a1.example.com', 'b1.example.com'] } });
    expect(both.findings.org?.value).toBe('shop');
    const stranger = await read(inventory, { reading: { hosts: ['a1.example.com', 'c1.example.com'] } });
    expect(stranger.findings.org).toBeUndefined();
  });

  it('follows what people say, and a server that was renamed', async () => {
    const inventory = new Inventory();
    await read(inventory, { from: 'root@pay-01.example.com' });
    const [server] = inventory.takeChanges().changed;
    if (!server) throw new Error('a server was expected');
    inventory.learnDecisions([{ ...server, state: 'confirmed', org: 'shop.pay' }]);
    expect(inventory.belongsTo('pay-01.example.com')).toMatchObject({ org: 'shop.pay', confidence: 1 });
    await read(inventory, { from: 'root@pay-41.example.com' });
    inventory.learnDecisions([{ ...server, renamedTo: 'pay-41.example.com' }]);
    expect(serversOf(await read(inventory, { from: 'root@pay-01.example.com' }))).toEqual([
      'pay-41.example.com',
    ]);
  });
});

describe('The inventory', () => {
  it('gives what was counted under a short name to the full one', () => {
    const inventory = new Inventory();
    for (let mail = 0; mail < 3; mail += 1) inventory.seeOrg('nas-02', 'storage', NOW);
    inventory.see('nas-02.example.com', NOW);
    expect(inventory.belongsTo('nas-02.example.com')?.org).toBe('storage');
    expect(inventory.takeChanges()).toMatchObject({
      changed: [{ name: 'nas-02.example.com' }],
      forgotten: ['nas-02'],
    });
  });

  it('forgets the longest unseen when mails make up names without end', () => {
    const inventory = new Inventory();
    for (let host = 0; host < 100_005; host += 1) inventory.see(`h${host}.example.com`, NOW);
    const { changed, forgotten } = inventory.takeChanges();
    expect(changed).toHaveLength(100_000);
    expect(forgotten).toEqual([0, 1, 2, 3, 4].map((host) => `h${host}.example.com`));
  });

  it('never names what a person said is no server', async () => {
    const inventory = new Inventory();
    const mail = { from: 'root@web01.example.com' };
    await read(inventory, mail);
    const { changed } = inventory.takeChanges();
    inventory.learnDecisions(changed.map((server) => ({ ...server, state: 'ignored' as const })));
    expect(serversOf(await read(inventory, mail))).toEqual([]);
  });
});
