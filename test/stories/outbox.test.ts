/** A notice is written with its event and goes out at least once, as the same mail, whatever stops the process in between. */
import { expect, it } from '@jest/globals';
import net from 'node:net';
import { acrossTenants, inTenant } from '../../src/db/transaction.ts';
import { NoticeSeal } from '../../src/events/notice-seal.ts';
import { DAY, later } from '../../src/kernel/clock.ts';
import { openMailTransport } from '../../src/outbound/channels/email/transport.ts';
import { claimDueDeliveries, removeOldDeliveries } from '../../src/outbound/deliveries.ts';
import { sendDue } from '../../src/outbound/send-due.ts';
import type { List } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { useMailSink } from '../support/mail-sink.ts';
import { addGroup } from '../support/team.ts';
import { waitFor } from '../support/wait-for.ts';
import { openWorld, type World } from '../support/world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const sink = useMailSink();

onBothDatabases('A notice', (database) => {
  async function seed(outUrl = sink.url) {
    const world = await openWorld(database, {
      settings: { ...sink.settings, DATAMER_SMTP_OUT_URL: outUrl },
    });
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    const ana = await world.addUser(acme, 'ana');
    await addGroup(api, 'ops', [ana.id], { pattern: '*', level: 'responder' });
    await world.settle();
    const deliveries = async () =>
      (
        await api.get<
          List<{ state: string; attempts: number; lastError: string | null; nextTryAt: string | null }>
        >('/deliveries')
      ).body.items;
    return { world, acme, deliveries };
  }

  const TROUBLE = { subject: 'PROBLEM: disk full :critical: :org:shop.db: :svr:db1:' };

  /** No write of a kind succeeds while it works: as a process that dies there, the transaction is undone. */
  async function breaking(
    world: World,
    table: string,
    check: string,
    work: () => Promise<void>,
  ): Promise<void> {
    const { dataSource } = world.parts.database;
    await dataSource.query(`alter table ${table} add constraint broken check (${check}) not valid`);
    try {
      await work();
    } finally {
      await dataSource.query(`alter table ${table} drop constraint broken`);
    }
  }

  it.each([
    ['when its change is looked at', 'held_notices'],
    ['when it becomes a delivery', 'deliveries'],
  ])('goes out once after a death %s', async (_when, table) => {
    const { world, acme, deliveries } = await seed();
    await world.arrive(acme, TROUBLE);
    await breaking(world, table, 'false', async () => {
      await expect(world.tell()).rejects.toThrow(/broken/);
    });
    expect(sink.mails).toEqual([]);
    await world.tell();
    expect(sink.mails).toHaveLength(1);
    expect(await deliveries()).toMatchObject([{ state: 'sent' }]);
    await world.pass(10 * MINUTE);
    expect(sink.mails).toHaveLength(1);
  });

  it('is forgotten when its links are too old to work, and not before', async () => {
    const { world, acme, deliveries } = await seed();
    await world.raise(acme, TROUBLE);
    const { dataSource } = world.parts.database;
    const forget = (days: number): Promise<boolean> =>
      inTenant(dataSource, acme.id, (tx) =>
        removeOldDeliveries(tx, acme.id, later(world.clock.now(), days * DAY)),
      );
    await forget(179);
    expect(await deliveries()).toHaveLength(1);
    await forget(181);
    expect(await deliveries()).toEqual([]);
  });

  it('that a process had claimed when it died goes out a quarter of a minute later', async () => {
    const { world, acme, deliveries } = await seed();
    await world.arrive(acme, TROUBLE);
    await breaking(world, 'deliveries', "state <> 'pending' or attempts = 0", async () => {
      await expect(world.tell()).rejects.toThrow(/broken/);
    });
    const { dataSource } = world.parts.database;
    const claimed = await acrossTenants(dataSource, (tx) => claimDueDeliveries(tx, 20, world.clock.now()));
    expect(claimed).toHaveLength(1);
    await world.pass(14 * SECOND);
    expect(sink.mails).toEqual([]);
    await world.pass(SECOND);
    expect(sink.mails).toHaveLength(1);
    expect(await deliveries()).toMatchObject([{ state: 'sent', attempts: 2 }]);
  });

  it('that the mail server had taken when the process died goes out again as the same mail', async () => {
    const { world, acme, deliveries } = await seed();
    await world.arrive(acme, TROUBLE);
    await breaking(world, 'deliveries', "state <> 'sent'", () => world.tell());
    expect(sink.mails).toHaveLength(1);
    await world.pass(3 * MINUTE);
    expect(sink.mails).toHaveLength(2);
    const [first, again] = sink.mails.map(({ parsed }) => parsed.messageId);
    expect(again).toBe(first);
    expect(await deliveries()).toMatchObject([{ state: 'sent' }]);
  });

  it('is sent by nobody else while its process is at work, however slow the mail server is', async () => {
    const { world, acme, deliveries } = await seed();
    const { clock, parts } = world;
    const { database, mail, log } = parts;
    if (!mail) throw new Error('a mail server is set');
    await world.arrive(acme, TROUBLE);
    await breaking(world, 'deliveries', "state <> 'pending' or attempts = 0", async () => {
      await expect(world.tell()).rejects.toThrow(/broken/);
    });
    const links = { tokens: parts.tokens, baseUrl: world.baseUrl };
    const options = { database: database.dataSource, mail, links, clock, log, renewEveryMs: 1 };
    let elsewhere = -1;
    sink.beforeAnswer = async () => {
      for (let passed = 0; passed < MINUTE; passed += 10 * SECOND) {
        clock.advance(10 * SECOND);
        await waitFor('the claim to be renewed', async () => {
          const [delivery] = await deliveries();
          return Date.parse(delivery?.nextTryAt ?? '') > clock.now().getTime() + 10 * SECOND;
        });
      }
      const others = await acrossTenants(database.dataSource, (tx) =>
        claimDueDeliveries(tx, 20, clock.now()),
      );
      elsewhere = others.length;
    };
    await sendDue(options, clock.now());
    expect(elsewhere).toBe(0);
    expect(await deliveries()).toMatchObject([{ state: 'sent', attempts: 1 }]);
  });

  it.each([
    [
      'does not speak TLS',
      async () => Promise.resolve({ url: sink.url.replace('smtp:', 'smtps:'), end: () => undefined }),
    ],
    ['hangs up', () => mailServer(['220 mail.example', null])],
    ['takes the connection and never greets', () => mailServer([])],
    ['falls silent before the mail', () => mailServer(HELLO)],
    ['falls silent after the mail', () => mailServer([...HELLO, '354 go on'])],
  ])('waits, with the reason to be seen, while the mail server %s', async (_what, serve) => {
    const { url, end } = await serve();
    const { world, acme, deliveries } = await seed(url);
    const { parts } = world;
    parts.mail?.close();
    const seal = new NoticeSeal(parts.secretKey);
    // The real one but for its patience: nobody need wait for half a minute to know.
    parts.mail = openMailTransport(url, 'datamer@alerts.example', seal, { connectMs: 150, answerMs: 150 });
    await world.arrive(acme, TROUBLE);
    await world.tell();
    const [delivery] = await deliveries();
    expect(delivery).toMatchObject({ state: 'pending', attempts: 1 });
    expect(delivery?.lastError).toMatch(/SSL|TLS|closed|ECONNRESET|timeout|never received/i);
    await world.pass(MINUTE);
    expect((await deliveries())[0]?.attempts).toBeGreaterThan(1);
    end();
  });

  const HELLO = ['220 mail.example', '250 mail.example', '250 sender', '250 recipient'];

  /** Says these lines, one to the connection and one to each command; then nothing more. @param lines null: hangs up */
  async function mailServer(lines: readonly (string | null)[]): Promise<{ url: string; end: () => void }> {
    const sockets = new Set<net.Socket>();
    const server = net.createServer((socket) => {
      const script = [...lines];
      const say = (): void => {
        const line = script.shift();
        if (line) socket.write(`${line}\r\n`);
        if (line === null) socket.destroy();
      };
      sockets.add(socket);
      say();
      socket.on('data', say);
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const end = (): void => {
      for (const socket of sockets) socket.destroy();
      server.close();
    };
    return { url: `smtp://127.0.0.1:${port}`, end };
  }
});
