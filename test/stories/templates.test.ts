/** The mined shapes of mails, as the API tells them, over restarts and after templates have become one. */
import { expect, it } from '@jest/globals';
import { inTenant } from '../../src/db/transaction.ts';
import { MailTemplates } from '../../src/triage/templates/mail-templates.ts';
import { current } from '../../src/triage/templates/miner.ts';
import { loadTemplates, readTemplate, saveTemplates } from '../../src/triage/templates/store.ts';
import type { List, MseAnswer } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { openWorld } from '../support/world.ts';

const USERS = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi'];

onBothDatabases('Templates', (database) => {
  async function seed() {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    const ids = async () =>
      (await api.get<List<MseAnswer>>('/mses')).body.items.map(({ templateId }) => templateId);
    const inAcme = <T>(work: Parameters<typeof inTenant<T>>[2]) =>
      inTenant(world.parts.database.dataSource, acme.id, work);
    return { world, acme, ids, inAcme };
  }

  it('are the same for mails of one shape, also after a restart', async () => {
    const { world, acme, ids } = await seed();
    await world.deliver(acme, { subject: 'Replication of table 17 is late' });
    world.parts.pipeline.memories.drop(acme.id);
    await world.deliver(acme, { subject: 'Replication of table 4 is late' });
    await world.deliver(acme, { subject: 'Nightly backup has been written' });
    const [backup, second, first] = await ids();
    expect(second).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).toBe(first);
    expect(backup).not.toBe(first);
  });

  it('stay those of earlier mails when a word turns out to be variable', async () => {
    const { world, acme, ids, inAcme } = await seed();
    for (const user of USERS.slice(0, 2)) {
      await world.deliver(acme, { subject: `Password of user ${user} expires soon`, body: 'Please\nnow' });
    }
    expect(new Set(await ids()).size).toBe(2);
    world.parts.pipeline.memories.drop(acme.id);
    for (const user of USERS.slice(2)) {
      await world.deliver(acme, { subject: `Password of user ${user} expires soon`, body: 'Please\nnow' });
    }
    const [id, ...others] = await ids();
    expect(new Set(others)).toEqual(new Set([id]));
    const template = await inAcme((tx) => readTemplate(tx, acme.id, id ?? ''));
    expect(template).toMatchObject({
      id,
      subject: 'Password of user <*> expires soon',
      lines: ['Please', 'now'],
    });
    // Counts are written when they have grown by a quarter.
    expect(template?.count).toBeGreaterThan(USERS.length * 0.75);
  });

  it('are mined after a save and a load as they would have been without', async () => {
    const { world, acme, inAcme } = await seed();
    const mails = USERS.flatMap((user, at) =>
      USERS.map((host) => ({
        subject: [
          `Login of user ${user} on host ${host}n refused`,
          `Volume ${at} of ${host} is ${user} percent`,
          `${user} has written to ${host}`,
        ][(at + host.length) % 3] as string,
        text: `Line for ${user}\nAlways the same`,
      })),
    );
    const mine = (templates: MailTemplates, from: number, to: number): string[] =>
      mails
        .slice(from, to)
        .map((mail) => templates.mine(mail, 'general', world.clock.now()))
        .map((template) => current(template).id);
    /** The number of the first mail with the same template, as ids differ from run to run. */
    const grouping = (ids: string[]): number[] => ids.map((id) => ids.indexOf(id));
    const whole = new MailTemplates();
    mine(whole, 0, mails.length);
    const undisturbed = mine(whole, 0, mails.length);
    for (const cut of [3, 20, 45]) {
      let templates = new MailTemplates();
      mine(templates, 0, cut);
      templates = await inAcme(async (tx) => {
        await tx.query('delete from templates where tenant_id = $1', [acme.id]);
        await saveTemplates(tx, acme.id, templates);
        return loadTemplates(tx, acme.id);
      });
      mine(templates, cut, mails.length);
      expect(grouping(mine(templates, 0, mails.length))).toEqual(grouping(undisturbed));
    }
  });

  it('of a former way to cut lines are mined anew', async () => {
    const { world, acme, inAcme } = await seed();
    await world.deliver(acme, { subject: 'Replication of table 17 is late' });
    const size = await inAcme(async (tx) => {
      await tx.query('update templates set version = 0 where tenant_id = $1', [acme.id]);
      return (await loadTemplates(tx, acme.id)).subjects.size;
    });
    expect(size).toBe(0);
    await world.deliver(acme, { subject: 'Replication of table 18 is late' });
  });

  it('take any text a mail can hold', async () => {
    const { world, acme, ids } = await seed();
    await world.deliver(acme, {
      subject: '\uFFFC \uFFFB =?utf-16?Q?=D8=00?=',
      body: '\uD800 \u0000 x\n'.repeat(3),
    });
    await world.deliver(acme, { subject: '', body: `${'😀'.repeat(1999)}\n`.repeat(2) });
    expect((await ids()).every((id) => id !== null)).toBe(true);
  });
});
