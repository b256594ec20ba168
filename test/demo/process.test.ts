/** `npm run demo` as a newcomer meets it: a clean folder, the printed login, the flood as a handful of events. */
import { afterAll, afterEach, expect, it } from '@jest/globals';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { EventAnswer, List, MseAnswer } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { DEMO, killAll, runProgram, Serve, type Environment } from '../support/program.ts';

/** Contract: ready in less than 60 s; a loaded machine gets twice that. */
const PATIENCE_MS = 120_000;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-demo-'));

afterEach(() => {
  killAll();
});

afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

async function list<T>(demo: Serve, token: string, resource: string): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const answer = await fetch(`${demo.baseUrl}/api/v1/${resource}&limit=500&cursor=${cursor}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const page = (await answer.json()) as List<T>;
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

async function signIn(demo: Serve): Promise<BrowserSession> {
  const [, email = '', password = ''] = /^login: (\S+) {2}password: (\S+)$/m.exec(demo.stdout) ?? [];
  return BrowserSession.signIn(demo.baseUrl, email, password);
}

it(
  'turns a flood into a handful of events, and goes on from wherever it was cut off',
  async () => {
    const environment: Environment = { DATAMER_DATA_DIR: folder };
    const cutOff = Serve.launch(environment, DEMO);
    await cutOff.whenPrinted(/25 %/, PATIENCE_MS);
    await cutOff.kill();

    const demo = Serve.launch(environment, DEMO);
    await demo.whenReady(PATIENCE_MS);
    expect(demo.stdout).toContain(`address: http://localhost:${demo.httpPort}\n`);
    const session = await signIn(demo);
    const page = await (await session.get('/events?state=open&interest=all')).text();
    const rows = new Set([...page.matchAll(/href="(\/events\/[0-9a-f-]{36})"/g)].map(([, link]) => link));
    expect(rows.size).toBeGreaterThanOrEqual(5);
    expect(rows.size).toBeLessThanOrEqual(25);
    await demo.kill();

    const { stdout } = await runProgram(['token', 'add', '--tenant', 'demo', '--role', 'admin'], environment);
    const token = stdout.trim();
    const again = Serve.launch(environment, DEMO);
    await again.whenReady(PATIENCE_MS);
    await signIn(again);
    const mses = await list<MseAnswer>(again, token, 'mses?');
    expect(mses.length).toBeGreaterThan(1500);
    expect(new Set(mses.map(({ messageId }) => messageId)).size).toBe(mses.length);
    const flood = mses.filter(({ messageId }) => messageId?.startsWith('<flood-'));
    expect(flood.length).toBeGreaterThan(250);
    expect(new Set(flood.map(({ eventId }) => eventId)).size).toBeLessThanOrEqual(8);
    const events = await list<EventAnswer>(again, token, 'events?interest=all');
    const closedByPeople = events.filter(({ completion }) => completion?.note);
    expect(closedByPeople.length).toBeGreaterThan(5);
    expect(await again.interrupt()).toBe(0);
  },
  3 * PATIENCE_MS,
);

it('says which port is taken, and what to do', async () => {
  const holder = net.createServer();
  await new Promise<void>((resolve) => holder.listen(0, resolve));
  const { port } = holder.address() as net.AddressInfo;
  const demo = Serve.launch({ DATAMER_DATA_DIR: folder, DATAMER_HTTP_PORT: String(port) }, DEMO);
  expect(await demo.whenEnded()).toBe(1);
  expect(demo.stderr).toContain(`Port ${port} cannot be used`);
  expect(demo.stderr).toContain('DATAMER_HTTP_PORT=0');
  holder.close();
});

it('leaves an installation alone that is not the demo', async () => {
  const environment = { DATAMER_DATA_DIR: path.join(folder, 'other') };
  await runProgram(['tenant', 'add', 'acme', '--address', 'alerts@acme.example'], environment);
  const demo = Serve.launch(environment, DEMO);
  expect(await demo.whenEnded()).toBe(1);
  expect(demo.stderr).toContain('holds an installation that is not the demo');
});
