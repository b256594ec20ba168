/** What the model learns from mail and people, and that its state may be lost without harm. */
import { expect, it } from '@jest/globals';
import type { EventAnswer, List, MseAnswer } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { onBothDatabases } from '../support/databases.ts';
import { TEAMS, TeamMail } from '../support/team-mail.ts';
import { openWorld } from '../support/world.ts';
import { inTenant, oneRow, rows } from '../../src/db/transaction.ts';
import type { Tenant } from '../../src/accounts/tenants.ts';
import { MINUTE } from '../../src/kernel/clock.ts';
import { findFaultOfModel } from '../../src/triage/model/overview.ts';

onBothDatabases('The model', (database) => {
  async function open() {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    const teams = new TeamMail(world, acme);
    const write = (team: number) => teams.write(team);
    const teachByTags = async () => teams.teach(90);
    const newest = async () => {
      const { items } = (await api.get<List<MseAnswer>>('/mses?limit=1')).body;
      if (!items[0]) throw new Error('a mail was expected');
      return items[0];
    };
    return { world, acme, api, write, teachByTags, newest };
  }

  const models = (tenant: Tenant) =>
    inTenant(database.get().dataSource, tenant.id, (tx) =>
      rows<{ version: number; note: string | null; isCurrent: boolean }>(
        tx,
        'select version, note, is_current as "isCurrent" from models where tenant_id = $1 order by version',
        [tenant.id],
      ),
    );

  it('tells the org of untagged mail from what tags taught, and says by what', async () => {
    const { world, acme, write, teachByTags, newest } = await open();
    await teachByTags();
    world.clock.advance(MINUTE);
    await world.deliver(acme, write(1));
    const mse = await newest();
    expect(mse).toMatchObject({ org: 'shop.db', sources: { org: 'model' } });
  });

  it('tells what in the mail spoke for its word and against it, on the page and to scripts', async () => {
    const { world, acme, newest } = await open();
    await world.addUser(acme, 'ana');
    // No server is named: the words alone can tell.
    const report = (team: number, count: number, tags = '') => ({
      subject: `conveyor ${['alder', 'birch', 'cedar'][team]}-line moved ${count} parcels`,
      from: `belts@acme.example`,
      body: `shift of ${['alder', 'birch', 'cedar'][team]}-line\n${tags}`,
    });
    for (let count = 0; count < 90; count += 1)
      await world.arrive(acme, report(count % 3, count, `:info: :org:${TEAMS[count % 3]}:`));
    await world.settle();
    const { clues: none } = await newest();
    expect(none).toEqual({ severity: [], org: [] });
    world.clock.advance(MINUTE);
    await world.deliver(acme, report(1, 900));
    const { id, org, sources, reasons, clues } = await newest();
    expect([org, sources['org']]).toEqual(['shop.db', 'model']);
    expect(clues.org[0]?.text).toContain('birch');
    expect(clues.org.length).toBeLessThanOrEqual(5);
    expect(reasons['org']).toContain(clues.org[0]?.text);
    const ana = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const page = (await (await ana.get(`/mses/${id}`)).text()).replaceAll('&#x3D;', '=');
    expect(page).toContain('aria-label="What spoke for shop.db, and against it"');
    expect(page).toContain(`<li><span>${clues.org[0]?.text}</span>`);
  });

  it('leaves a mail alone whose names it has never met', async () => {
    const { world, acme, teachByTags, newest } = await open();
    await teachByTags();
    world.clock.advance(MINUTE);
    await world.deliver(acme, { subject: 'fan of zeta9 stopped', from: 'hw@zeta9.other.example' });
    expect(await newest()).toMatchObject({ org: null, sources: { org: 'none' } });
  });

  it('learns from people that a parser is too strict, and never touches a tag', async () => {
    const { world, acme, api, newest } = await open();
    const alarm = (host: string, tags = '') => ({
      subject: `** PROBLEM Service Alert: ${host}/Load is CRITICAL ** ${tags}`,
      from: 'nagios@mon.acme.example',
      body: `***** Nagios *****\n\nNotification Type: PROBLEM\n\nService: Load\nHost: ${host}\nState: CRITICAL\n`,
    });
    for (let index = 0; index < 30; index += 1) {
      const isTest = index % 2 === 0;
      await world.deliver(acme, alarm(`app${index}${isTest ? '-tst' : ''}`));
      world.clock.advance(1000);
      const mse = await newest();
      await api.send('PATCH', `/mses/${mse.id}`, { severity: isTest ? 'info' : 'critical' });
    }
    await world.deliver(acme, alarm('app77-tst'));
    expect(await newest()).toMatchObject({ severity: 'info', sources: { severity: 'model' } });
    world.clock.advance(1000);
    await world.deliver(acme, alarm('app78'));
    expect(await newest()).toMatchObject({ severity: 'critical', sources: { severity: 'parser' } });
    world.clock.advance(1000);
    await world.deliver(acme, alarm('app79-tst', ':critical:'));
    expect(await newest()).toMatchObject({ severity: 'critical', sources: { severity: 'tag' } });
  });

  it('takes open mails like it along when one is put right, and says how many', async () => {
    const { world, acme, api, teachByTags } = await open();
    await teachByTags();
    const report = (host: string, index: number) => ({
      subject: `crate ${host} lost its parcel ${index}`,
      from: `belt@${host}.acme.example`,
      body: `crate ${host}`,
    });
    for (let index = 0; index < 12; index += 1) await world.arrive(acme, report(`crate-${index % 2}`, index));
    await world.settle();
    world.clock.advance(MINUTE);
    const waiting = async () =>
      (await api.get<List<MseAnswer>>('/mses?unclassified=true&limit=100')).body.items;
    const before = (await waiting()).filter(({ org }) => org === null);
    expect(before).toHaveLength(12);
    const effects: (string | null)[] = [];
    for (const { id, subject } of before.slice(0, 4)) {
      const { body } = await api.send<{ effect: string | null; eventId: string }>('PATCH', `/mses/${id}`, {
        org: subject.includes('crate-0') ? 'depot.north' : 'depot.south',
      });
      world.clock.advance(1000);
      effects.push(body.effect);
      if (!body.effect) continue;
      const { timeline } = (await api.get<EventAnswer>(`/events/${body.eventId}`)).body;
      expect(timeline[0]).toMatchObject({ what: 'corrected', why: body.effect });
    }
    expect(effects.join()).toMatch(/\d open mails? now goe?s? to depot\.(north|south)/);
    const after = (await api.get<List<MseAnswer>>('/mses?q=parcel&limit=100')).body.items;
    const wrong = after.filter(
      ({ org, subject }) =>
        org !== null && org !== (subject.includes('crate-0') ? 'depot.north' : 'depot.south'),
    );
    expect(wrong).toEqual([]);
    expect(after.filter(({ org }) => org !== null).length).toBeGreaterThan(4);
  });

  it.each([
    ['cut in half', 'substr(state, 1, length(state) / 2)', 'cut short'],
    ['of an older format', 'set_byte(state, 4, 0)', 'format 0'],
  ])('whose state is %s is learnt anew, and says so', async (_, damage, reason) => {
    const { world, acme, write, teachByTags, newest } = await open();
    await teachByTags();
    expect(await models(acme)).toMatchObject([{ version: 1, note: null, isCurrent: true }]);
    await inTenant(database.get().dataSource, acme.id, (tx) =>
      oneRow(tx, `update models set state = ${damage} where tenant_id = $1 returning version`, [acme.id]),
    );
    const fault = await inTenant(database.get().dataSource, acme.id, (tx) => findFaultOfModel(tx, acme.id));
    expect(fault).toContain(`version 1 cannot be used: `);
    expect(fault).toContain(reason);
    expect(fault).toContain('learnt anew from 0 corrections');
    // Another process takes over.
    world.parts.pipeline.memories.drop(acme.id);
    world.clock.advance(MINUTE);
    await world.deliver(acme, write(2));
    expect(await newest()).toMatchObject({ org: 'bank.core', sources: { org: 'model' } });
    const [, relearnt] = await models(acme);
    expect(relearnt).toMatchObject({ version: 2, isCurrent: true });
    expect(relearnt?.note).toContain(reason);
    expect(relearnt?.note).toContain('learnt anew');
  });
});
