import { expect, it } from '@jest/globals';
import { inTenant } from '../../src/db/transaction.ts';
import { SecretBox } from '../../src/kernel/secret-box.ts';
import { changeChannel } from '../../src/outbound/channels/channels.ts';
import type { List, Problem } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { onEmbeddedDatabase, type TestDatabase } from '../support/databases.ts';
import { useHttpSink } from '../support/http-sink.ts';
import { addGroup } from '../support/team.ts';
import { openWorld } from '../support/world.ts';

const sink = useHttpSink();

interface ChannelAnswer {
  id: string;
  name: string;
  target: string;
  settings: Record<string, unknown>;
  secrets: string[];
}

interface TestAnswer {
  ok: boolean;
  steps: { step: string; status: string; detail: string }[];
}

async function seed(database: TestDatabase) {
  const world = await openWorld(database, { settings: { DATAMER_ALLOW_PRIVATE_TARGETS: '127.0.0.1' } });
  const acme = await world.addTenant('acme');
  const ana = await world.addUser(acme, 'ana', 'admin');
  const mo = await world.addUser(acme, 'mo', 'manager');
  return { world, acme, ana, mo, api: await world.api(acme) };
}

const GOTIFY = {
  kind: 'gotify',
  name: 'Gotify',
  settings: { url: 'https://gotify.example', token: 't0p-s3cret' },
};

onEmbeddedDatabase('Channels', (database) => {
  it('never give their secrets out again, and send none to an address that it was not typed for', async () => {
    const { world, api, ana } = await seed(database);
    const added = await api.send<ChannelAnswer>('POST', '/channels', GOTIFY);
    expect(added).toMatchObject({
      status: 201,
      body: { target: 'gotify.example', settings: { url: 'https://gotify.example' }, secrets: ['token'] },
    });
    const path = `/channels/${added.body.id}`;
    const moved = { settings: { url: `${sink.url}/mine` } };
    expect(await api.send<Problem>('PATCH', path, moved)).toMatchObject({
      status: 400,
      body: {
        faults: [{ field: 'settings.token', message: 'Type it again: it was given for the former address.' }],
      },
    });
    expect(await api.send('POST', `${path}/test`, moved)).toMatchObject({ status: 400 });
    expect(sink.requests).toEqual([]);
    expect(
      await api.send('PATCH', path, { settings: { url: 'https://gotify.example/push', token: '' } }),
    ).toMatchObject({
      status: 200,
      body: { settings: { url: 'https://gotify.example/push' }, secrets: ['token'] },
    });
    const session = await BrowserSession.signIn(world.baseUrl, ana.email);
    const pages = [
      await session.get(`/settings/channels/${added.body.id}`),
      await session.get('/settings/channels'),
    ];
    const texts = await Promise.all(pages.map(async (answer) => answer.text()));
    expect(texts[0]).toContain('kept; type to replace');
    const everything = [
      ...texts,
      JSON.stringify(await api.get(path)),
      JSON.stringify(await api.get('/channels')),
    ];
    expect(everything.filter((text) => text.includes('t0p-s3cret'))).toEqual([]);
  });

  it('are refused with what to do, at the field, and without the secret that was typed', async () => {
    const { world, ana } = await seed(database);
    const session = await BrowserSession.signIn(world.baseUrl, ana.email);
    const referer = `${world.baseUrl}/settings/channels/new?kind=gotify`;
    const typed = {
      kind: 'gotify',
      name: 'Team',
      'settings[url]': 'nowhere',
      'settings[token]': 't0p-s3cret',
    };
    const refused = await session.post('/channels', { ...typed, _form: 'channel' }, { referer });
    expect(refused.headers.get('location')).toBe('/settings/channels/new?kind=gotify');
    const html = await (await session.get('/settings/channels/new?kind=gotify')).text();
    expect(html).toContain('Give an address that begins with https:// or http://.');
    expect(html).toContain('value="nowhere"');
    expect(html).not.toContain('t0p-s3cret');
  });

  it('tell by a test how far it came, before and after they are saved', async () => {
    const { world, ana } = await seed(database);
    const session = await BrowserSession.signIn(world.baseUrl, ana.email);
    const typed = {
      kind: 'slack',
      name: 'Room',
      'settings[url]': `${sink.url}/services/x`,
      _form: 'channel',
    };
    const from = { referer: `${world.baseUrl}/settings/channels/new?kind=slack` };
    sink.answers.push({ status: 404, body: 'no_service' });
    await session.post('/channels/test', typed, from);
    const html = await (await session.get('/settings/channels/new?kind=slack')).text();
    expect(html).toContain('Stopped at step 6 of 6.');
    expect(html).toContain('It answers 404 Not Found: no_service');
    const saved = await session.post('/channels', { ...typed, _next: '/settings/channels/{id}' }, from);
    const page = saved.headers.get('location') ?? '';
    const id = page.split('/').at(-1) ?? '';
    await session.post(
      `/channels/${id}/test`,
      { _kind: 'slack', 'settings[url]': '' },
      { referer: world.baseUrl + page },
    );
    expect(await (await session.get(page)).text()).toContain('Sent. Have a look whether it has arrived.');
    expect(sink.requests.map(({ path }) => path)).toEqual(['/services/x', '/services/x']);
  });

  it('of the team are for admins; their own everybody has, and nobody else sees', async () => {
    const { world, acme, api, mo } = await seed(database);
    const engineer = await world.api(acme, 'engineer');
    expect((await engineer.send('POST', '/channels', GOTIFY)).status).toBe(403);
    expect((await engineer.send('POST', '/me/channels', GOTIFY)).status).toBe(403);
    const session = await BrowserSession.signIn(world.baseUrl, mo.email);
    const own = {
      kind: 'ntfy',
      name: 'Phone',
      'settings[url]': `${sink.url}/topic`,
      _next: '/settings/me/channels/{id}',
    };
    const page = (await session.post('/me/channels', own)).headers.get('location') ?? '';
    expect((await session.get(page)).status).toBe(200);
    expect(await (await session.get('/settings/me')).text()).toContain('Phone');
    expect((await api.get<List<ChannelAnswer>>('/channels')).body.items).toEqual([]);
    expect(await (await session.get('/settings/channels/DATAMER-MIB.txt')).text()).toContain(
      'DATAMER-MIB DEFINITIONS',
    );
    const id = page.split('/').at(-1) ?? '';
    expect((await api.get(`/channels/${id}`)).status).toBe(404);
    expect((await api.send('DELETE', `/channels/${id}`)).status).toBe(404);
    const subscription = {
      group: (await api.get<List<{ id: string }>>('/groups')).body.items[0]?.id,
      pattern: '*',
      level: 'responder',
    };
    expect((await api.send('POST', '/subscriptions', { ...subscription, channel: id })).status).toBe(404);
    const other = await world.bearer(await world.addTenant('other'));
    expect((await world.client({ authorization: other }).get(`/channels/${id}`)).status).toBe(404);
  });

  it('that were sealed with a former key are shown as they are, and typed again', async () => {
    const { world, acme, api } = await seed(database);
    const { id } = (await api.send<ChannelAnswer>('POST', '/channels', GOTIFY)).body;
    const former = new SecretBox('another key, of former days, of 32');
    await inTenant(world.parts.database.dataSource, acme.id, (tx) =>
      changeChannel(tx, acme.id, null, id, { settings: GOTIFY.settings }, former),
    );
    expect(await api.get(`/channels/${id}`)).toMatchObject({
      status: 200,
      body: { settings: {}, secrets: [] },
    });
    expect((await api.get<List<ChannelAnswer>>('/channels')).body.items).toHaveLength(1);
    const typed = await api.send<ChannelAnswer>('PATCH', `/channels/${id}`, { settings: GOTIFY.settings });
    expect(typed).toMatchObject({ status: 200, body: { secrets: ['token'] } });
  });

  it('stay as long as a subscription tells them', async () => {
    const { api } = await seed(database);
    const { id } = (await api.send<ChannelAnswer>('POST', '/channels', GOTIFY)).body;
    const group = await addGroup(api, 'ops', []);
    const told = { group, pattern: 'shop.*', level: 'responder', channel: id };
    const subscription = await api.send<{ id: string; channel: string }>('POST', '/subscriptions', told);
    expect(subscription.body.channel).toBe(id);
    expect(await api.send('DELETE', `/channels/${id}`)).toMatchObject({
      status: 409,
      body: { code: 'channel-in-use' },
    });
    await api.send('PATCH', `/subscriptions/${subscription.body.id}`, { channel: null });
    expect((await api.send('DELETE', `/channels/${id}`)).status).toBe(200);
  });

  it('inside are reached only where the operator allows it', async () => {
    const { api } = await seed(database);
    const test = (url: string) =>
      api.send<TestAnswer>('POST', '/channels/test', { kind: 'webhook', name: 'x', settings: { url } });
    expect((await test(sink.url)).body.ok).toBe(true);
    const refused = (await test(`http://127.0.0.2:${sink.port}`)).body.steps;
    expect(refused.find(({ status }) => status === 'failed')).toMatchObject({ step: 'address' });
    expect(sink.requests).toHaveLength(1);
  });
});
