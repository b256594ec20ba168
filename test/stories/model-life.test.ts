/** A tenant's model over time: going back to a version, trying one that was learnt anew, taking corrections back. */
import { describe, expect, it } from '@jest/globals';
import type { EventAnswer, List, MseAnswer } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { onBothDatabases } from '../support/databases.ts';
import { TEAMS, TeamMail } from '../support/team-mail.ts';
import { openWorld } from '../support/world.ts';
import type { Tenant } from '../../src/accounts/tenants.ts';
import { inTenant, type Tx } from '../../src/db/transaction.ts';
import { HOUR, MINUTE } from '../../src/kernel/clock.ts';
import { encodeModels, newModels } from '../../src/triage/model/codec.ts';
import { saveModel } from '../../src/triage/model/store.ts';
import { chooseKept } from '../../src/triage/model/versions.ts';

interface Answer {
  present: { version: number; note: string | null; learntFrom: Record<string, number> } | null;
  versions: { version: number; isCurrent: boolean; isInUse: boolean }[];
  corrections: { known: number; setAside: number; takenBack: number };
  candidate: { mails: number; isLearnt: boolean } | null;
  log: { who: string; what: string; why: string }[];
}

onBothDatabases('A model', (database) => {
  async function open() {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    const teams = new TeamMail(world, acme);
    const teach = async (mails: number, orgs = TEAMS) => teams.teach(mails, orgs);
    const write = (team: number) => teams.write(team);
    const model = async () => (await api.get<Answer>('/model')).body;
    const ask = async (team: number) => {
      world.clock.advance(MINUTE + 1000);
      await world.deliver(acme, write(team));
      const { items } = (await api.get<List<MseAnswer>>('/mses?limit=1')).body;
      if (!items[0]) throw new Error('a mail was expected');
      return items[0];
    };
    /** Mails that no tag has taught, about so many machines that the inventory learns nothing of any. */
    const stack = (host: string) => {
      const machines = Array.from({ length: 9 }, (_, index) => `:svr:${host}-${index + 1}.acme.example:`);
      return {
        subject: `${host}-1 lost its parcel ${teams.next()}`,
        from: `belt@${host}-1.acme.example`,
        body: machines.join(' '),
      };
    };
    const correct = async (host: string, org: string) => {
      for (let index = 0; index < 8; index += 1) await world.arrive(acme, stack(host));
      await world.settle();
      const { items } = (await api.get<List<MseAnswer>>('/mses?q=parcel&limit=8')).body;
      for (const { id } of items) {
        world.clock.advance(1000);
        await api.send('PATCH', `/mses/${id}`, { org });
      }
    };
    /** What the model says of a new mail. */
    const say = async (host: string) => {
      world.clock.advance(MINUTE + 1000);
      await world.deliver(acme, stack(host));
      const { items } = (await api.get<List<MseAnswer>>('/mses?limit=1')).body;
      return items[0]?.org ?? null;
    };
    return { world, acme, api, write, teach, model, ask, correct, say, stack };
  }

  const inTenantOf = <T>(tenant: Tenant, work: (tx: Tx) => Promise<T>) =>
    inTenant(database.get().dataSource, tenant.id, work);

  const signIn = async (
    world: Awaited<ReturnType<typeof openWorld>>,
    tenant: Tenant,
    role: 'admin' | 'engineer',
  ) => {
    await world.addUser(tenant, role, role);
    return BrowserSession.signIn(world.baseUrl, `${role}@${tenant.slug}.example`);
  };

  it('goes back to a version in one process while another triages, and does not relearn what it left', async () => {
    const { world, acme, teach, model, correct, say } = await open();
    expect(await model()).toMatchObject({ present: null, versions: [], candidate: null });
    await teach(45);
    expect((await model()).present).toMatchObject({ version: 1, learntFrom: { tag: 45 } });
    expect(await say('crate')).toBeNull();
    // Somebody teaches nonsense.
    world.clock.advance(HOUR);
    await correct('crate', 'wrong.place');
    expect(await say('crate')).toBe('wrong.place');
    const before = await model();
    expect(before.present?.version).toBe(2);
    expect(before.corrections).toMatchObject({ known: 8, setAside: 0 });

    const other = await openWorld(database, { start: world.clock.now().toISOString() });
    const token = other.client({ authorization: await other.bearer(acme) });
    const back = await token.send<Answer>('POST', '/model/activation', { version: 1 });
    expect(back.status).toBe(200);
    expect(back.body).toMatchObject({ present: { version: 1 }, corrections: { known: 0, setAside: 8 } });
    expect(back.body.log[0]).toMatchObject({ who: 'token admin', what: 'went back' });
    expect(back.body.log[0]?.why).toContain('from version 2 to version 1; 8 corrections');

    expect(await say('crate')).toBeNull();
    await teach(1);
    const after = await model();
    expect(after.versions.map(({ version, isCurrent, isInUse }) => [version, isCurrent, isInUse])).toEqual([
      [3, true, true],
      [2, false, false],
      [1, false, true],
    ]);
    // Neither when another process takes over and nothing can be read.
    world.parts.pipeline.memories.drop(acme.id);
    await inTenantOf(acme, (tx) =>
      tx.query(`update models set state = '\\x00' where tenant_id = $1`, [acme.id]),
    );
    expect(await say('crate')).toBeNull();
    expect((await model()).present?.note).toContain('learnt anew from 0 corrections');
    // Unless somebody says so again.
    await correct('crate', 'other.place');
    expect(await say('crate')).toBe('other.place');
  });

  it('that is outdated is never saved over the version that people went back to', async () => {
    const { world, acme, api, teach, model, write } = await open();
    await teach(30);
    world.clock.advance(HOUR);
    await teach(30);
    expect((await model()).present?.version).toBe(2);
    const { memories } = world.parts.pipeline;
    const memory = await inTenantOf(acme, (tx) => memories.open(tx, acme.id));
    memory.model.unsaved = 1;
    expect((await api.send('POST', '/model/activation', { version: 1 })).status).toBe(200);
    await expect(
      inTenantOf(acme, (tx) => saveModel(tx, acme.id, memory.model, world.clock.now())),
    ).rejects.toThrow('taken up anew');
    expect((await model()).present?.version).toBe(1);
    await world.deliver(acme, write(0));
    expect((await model()).versions.find(({ isCurrent }) => isCurrent)?.version).toBe(1);
  });

  /** A model that knows nothing, in place of what is stored. */
  const forget = async (tenant: Tenant, table: 'models' | 'model_candidates') => {
    const empty = await encodeModels(newModels());
    await inTenantOf(tenant, (tx) =>
      tx.query(`update ${table} set state = $2 where tenant_id = $1`, [tenant.id, empty]),
    );
  };

  it.each([
    ['models', 'candidate took over', 3],
    ['model_candidates', 'candidate dropped', 2],
  ] as const)('that forgot what is in %s: %s', async (table, outcome, version) => {
    const { world, acme, api, teach, model } = await open();
    expect((await api.send('POST', '/model/candidate', {})).status).toBe(409);
    await teach(30);
    expect((await api.send('POST', '/model/candidate', {})).status).toBe(201);
    expect((await api.send('POST', '/model/candidate', {})).status).toBe(409);
    world.clock.advance(MINUTE + 1000);
    await teach(10);
    expect((await model()).candidate).toMatchObject({ isLearnt: true, mails: 10 });
    world.parts.pipeline.memories.drop(acme.id);
    await forget(acme, table);
    world.clock.advance(HOUR);
    await teach(60);
    expect((await model()).candidate).toMatchObject({ mails: 70 });
    world.clock.advance(MINUTE + 1000);
    await teach(30);
    const { candidate, log, present } = await model();
    expect(candidate).toBeNull();
    expect(log[0]).toMatchObject({ what: outcome, who: 'DaTamer' });
    expect(log[0]?.why).toContain('on 100 mails');
    expect(present?.version).toBe(version);
  });

  it('is shown to everybody, and changed by admins alone', async () => {
    const { world, acme, teach, model } = await open();
    const engineer = await signIn(world, acme, 'engineer');
    expect(await (await engineer.get('/settings/model')).text()).toContain('Nothing learnt yet');
    await teach(30);
    world.clock.advance(HOUR);
    await teach(30);
    const admin = await signIn(world, acme, 'admin');
    const shown = await (await engineer.get('/settings/model')).text();
    expect(shown).toContain('In use: version 2');
    expect(shown).toContain('60 mails with tags');
    expect(shown).toMatch(/of the last \d+ mails whose org somebody stated, it would have said \d/);
    expect(shown).not.toContain('Learn anew</button>');
    expect((await engineer.post('/model/activation', { version: '1' })).status).toBe(403);
    expect((await engineer.post('/model/candidate', {})).status).toBe(403);

    const from = { referer: `${world.baseUrl}/settings/model` };
    expect(await (await admin.get('/settings/model')).text()).toContain('Use version 1');
    await admin.post('/model/activation', { version: '1' }, from);
    expect((await model()).present?.version).toBe(1);
    await admin.post('/model/candidate', {}, from);
    const asked = await (await admin.get('/settings/model')).text();
    expect(asked).toContain('A candidate is asked for');
    expect(asked).toContain('went back');
    await admin.post('/model/candidate', { _method: 'delete' }, from);
    expect(await model()).toMatchObject({
      candidate: null,
      log: [{ what: 'candidate dropped', who: 'admin' }, {}, {}],
    });
    const refused = world.client({ authorization: await world.bearer(acme) });
    expect((await refused.send('POST', '/model/activation', { version: 99 })).status).toBe(400);
    expect((await refused.send('POST', '/model/activation', { version: 1 })).status).toBe(409);
  });

  it('lets a person take a correction back: the mails, the event and the model', async () => {
    const { world, acme, api, model, ask } = await open();
    const alarm = (host: string, tags = '') => ({
      subject: `crate ${host} lost its parcel ${tags}`,
      from: `belt@${host}.acme.example`,
      body: `crate ${host}`,
    });
    await world.deliver(acme, alarm('crate-1', ':warn:'));
    await world.deliver(acme, alarm('crate-1', ':warn:'));
    const [event] = (await api.get<List<EventAnswer>>('/events')).body.items;
    const read = async () => (await api.get<EventAnswer>(`/events/${event?.id}`)).body;
    const put = async (body: object) =>
      api.send('POST', `/events/${event?.id}/correction`, { ...body, version: (await read()).version });
    const undo = async (what: string) => {
      const { version, timeline } = await read();
      const change = timeline.find((row) => row.what === 'corrected' && row.why === what)?.id;
      return api.send<EventAnswer>('POST', `/events/${event?.id}/undo`, { change, version });
    };
    const mailsOf = async () =>
      (await read()).mses.map(({ severity, org, sources }) => [severity, sources['severity'], org]);
    world.clock.advance(1000);
    await put({ severity: 'critical', org: 'depot.north' });
    world.clock.advance(1000);
    await put({ severity: 'info' });
    expect(await mailsOf()).toEqual(Array(2).fill(['info', 'human', 'depot.north']));

    // The first one goes: what was said after it stays, and stands on the tag again.
    expect((await undo('severity critical, org depot.north')).status).toBe(200);
    expect(await mailsOf()).toEqual(Array(2).fill(['info', 'human', null]));
    expect((await undo('severity critical, org depot.north')).status).toBe(409);
    expect((await undo('severity info')).body).toMatchObject({ severity: 'warn', org: null });
    expect(await mailsOf()).toEqual(Array(2).fill(['warn', 'tag', null]));
    const { timeline, mses } = await read();
    expect(timeline[0]).toMatchObject({ what: 'correction undone', who: 'token admin' });
    expect(timeline[0]?.why).toContain('2 mails say again what stood there before');
    expect((await api.get<MseAnswer>(`/mses/${mses[0]?.id}`)).body).toMatchObject({ others: [] });
    expect((await model()).corrections).toMatchObject({ known: 0, takenBack: 4 });
    await ask(0);
    const { present } = await model();
    expect(present?.learntFrom).toMatchObject({ person: 4 });
  });

  it('unlearns what was taken back where nothing stood before, with the open mails that had followed', async () => {
    const { world, acme, api, teach, ask, model, stack, say } = await open();
    await teach(30);
    for (let index = 0; index < 20; index += 1) await world.arrive(acme, stack('crate'));
    await world.settle();
    const orgs = async () =>
      (await api.get<List<MseAnswer>>('/mses?q=parcel&limit=100')).body.items.map(({ org }) => org);
    const undone: { id: string; eventId: string }[] = [];
    for (const { id } of (await api.get<List<MseAnswer>>('/mses?q=parcel&limit=6')).body.items) {
      world.clock.advance(1000);
      const { body } = await api.send<{ eventId: string }>('PATCH', `/mses/${id}`, { org: 'wrong.place' });
      undone.unshift({ id, eventId: body.eventId });
    }
    expect((await orgs()).filter((org) => org === 'wrong.place').length).toBeGreaterThan(6);
    for (const { id, eventId } of undone) {
      world.clock.advance(1000);
      const { version, timeline } = (await api.get<EventAnswer>(`/events/${eventId}`)).body;
      const change = timeline.find(({ detail }) => detail['mse'] === id)?.id;
      expect((await api.send('POST', `/events/${eventId}/undo`, { change, version })).status).toBe(200);
    }
    expect(await orgs()).toEqual(Array(20).fill(null));
    expect(await say('crate')).toBeNull();
    expect((await model()).corrections).toMatchObject({ known: 0, takenBack: 6 });
    expect(await ask(1)).toMatchObject({ org: 'shop.db' });
  });
});

describe('Versions of a model', () => {
  const NOW = new Date('2026-03-20T12:00:00Z');
  const version = (number: number, hoursAgo: number) => ({
    version: number,
    isCurrent: false,
    savedAt: new Date(NOW.getTime() - hoursAgo * HOUR),
  });

  it('are kept: the newest four, the last one of each of the last seven days, the one in use', () => {
    const versions = Array.from({ length: 24 * 12 }, (_, index) => version(288 - index, index));
    const kept = chooseKept(
      versions.map((one) => ({ ...one, isCurrent: one.version === 5 })),
      NOW,
    );
    // 288 is of 12:00, 275 of the midnight before: 275 − 24 n are the last ones of their days.
    expect(kept).toEqual([288, 287, 286, 285, 275, 251, 227, 203, 179, 155, 5]);
  });
});
