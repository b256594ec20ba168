/**
 * The whole app in memory for stories: real database, real triage, loops and pages; the clock is moved by hand, and
 * loops run when `settle` says so. What stories do: seed, act, move time, expect.
 */
import { afterEach } from '@jest/globals';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Job } from '../../src/app/jobs/job.ts';
import { listJobs } from '../../src/app/jobs/list-jobs.ts';
import { wire, type Parts } from '../../src/app/wiring.ts';
import { webOptions } from '../../src/app/app.ts';
import type { Role } from '../../src/accounts/role.ts';
import { addTenant, type Tenant } from '../../src/accounts/tenants.ts';
import { addToken } from '../../src/accounts/tokens.ts';
import { addMember, type Member } from '../../src/accounts/users.ts';
import { loadConfig } from '../../src/config/load.ts';
import { acrossTenants } from '../../src/db/transaction.ts';
import type { Door } from '../../src/inbound/door.ts';
import { silentLog } from '../../src/kernel/log.ts';
import { serveWeb, type WebServer } from '../../src/web/server.ts';
import { PASSWORD } from './browser-session.ts';
import type { TestDatabase } from './databases.ts';
import { FakeClock } from './fake-clock.ts';

export interface WorldOptions {
  start?: string;
  settings?: Record<string, string>;
}

const open: World[] = [];

afterEach(async () => {
  // Fails the test when something cannot be stopped.
  for (const world of open.splice(0)) await world.close();
});

export async function openWorld(database: TestDatabase, options: WorldOptions = {}): Promise<World> {
  const world = new World(database, options);
  await world.start();
  open.push(world);
  return world;
}

export interface MailText {
  subject?: string;
  from?: string;
  to?: string;
  body?: string;
  messageId?: string | null;
  headers?: string[];
  /** Default: the present time of the world. */
  at?: Date | string;
  door?: Door;
}

export interface ApiAnswer<T = Record<string, unknown>> {
  status: number;
  body: T;
  headers: Headers;
}

export interface ApiClient {
  get: <T = Record<string, unknown>>(path: string, headers?: Record<string, string>) => Promise<ApiAnswer<T>>;
  send: <T = Record<string, unknown>>(method: string, path: string, body?: unknown) => Promise<ApiAnswer<T>>;
}

export class World {
  readonly clock: FakeClock;
  readonly parts: Parts;
  readonly #jobs: Job[];
  readonly #folder: string;
  #web: WebServer | null = null;
  #mails = 0;

  constructor(database: TestDatabase, { start, settings = {} }: WorldOptions) {
    this.clock = new FakeClock(start);
    this.#folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-world-'));
    const environment = {
      DATAMER_DATA_DIR: this.#folder,
      DATAMER_HTTP_PORT: '0',
      DATAMER_SECRET_KEY: 'k'.repeat(32),
      ...settings,
    };
    this.parts = wire(loadConfig(environment), database.get(), this.clock, silentLog);
    this.#jobs = listJobs(this.parts);
  }

  async start(): Promise<void> {
    this.#web = await serveWeb(webOptions(this.parts, []));
    this.parts.setHttpPort(this.#web.port);
  }

  async close(): Promise<void> {
    await this.parts.lanes.settle(HANGING_MS);
    this.parts.mail?.close();
    await this.parts.supervisor.stop();
    await this.#web?.close();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.#web?.port}`;
  }

  async addTenant(slug: string): Promise<Tenant> {
    const wanted = { slug, address: `alerts@${slug}.example` };
    return acrossTenants(this.parts.database.dataSource, (tx) => addTenant(tx, wanted, this.clock.now()));
  }

  async addUser(tenant: Tenant, name: string, role: Role = 'engineer'): Promise<Member> {
    const wanted = { email: `${name}@${tenant.slug}.example`, name, role, password: PASSWORD };
    return acrossTenants(this.parts.database.dataSource, (tx) =>
      addMember(tx, tenant.id, wanted, this.clock.now()),
    );
  }

  /** An Authorization header for a token of the tenant. */
  async bearer(tenant: Tenant, role: Role = 'admin'): Promise<string> {
    const { token } = await acrossTenants(this.parts.database.dataSource, (tx) =>
      addToken(tx, tenant.id, { name: role, role }, this.clock.now()),
    );
    return `Bearer ${token}`;
  }

  /** A client of the API with a token of the tenant. */
  async api(tenant: Tenant, role: Role = 'admin'): Promise<ApiClient> {
    return this.client({ authorization: await this.bearer(tenant, role) });
  }

  client(headers: Record<string, string> = {}): ApiClient {
    const call = async <T>(
      method: string,
      path: string,
      body?: unknown,
      extra: Record<string, string> = {},
    ) => {
      const response = await fetch(`${this.baseUrl}/api/v1${path}`, {
        method,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...extra,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') ?? false;
      return {
        status: response.status,
        headers: response.headers,
        body: (isJson ? JSON.parse(text) : text) as T,
      };
    };
    return {
      get: (path, extra) => call('GET', path, undefined, extra),
      send: (method, path, body) => call(method, path, body),
    };
  }

  /** A mail comes in through a door, stored but not triaged. @returns its Message-ID */
  async arrive(tenant: Tenant, mail: MailText): Promise<string> {
    const at = mail.at === undefined ? this.clock.now() : new Date(mail.at);
    const { raw, messageId } = this.write(tenant, mail, at);
    await this.parts.accept(tenant.id, { raw, receivedAt: at, door: mail.door ?? 'smtp' });
    return messageId;
  }

  /** Arrives and is taken through triage. */
  async deliver(tenant: Tenant, mail: MailText): Promise<string> {
    const messageId = await this.arrive(tenant, mail);
    await this.settle();
    return messageId;
  }

  write(tenant: Tenant, mail: MailText, at: Date): { raw: Buffer; messageId: string } {
    this.#mails += 1;
    const messageId =
      mail.messageId === undefined ? `<mail-${this.#mails}@test.example>` : (mail.messageId ?? '');
    const lines = [
      `From: ${mail.from ?? 'monitor@tools.example'}`,
      `To: ${mail.to ?? `alerts@${tenant.slug}.example`}`,
      `Subject: ${mail.subject ?? 'something happened'}`,
      `Date: ${at.toUTCString()}`,
      ...(messageId ? [`Message-ID: ${messageId}`] : []),
      ...(mail.headers ?? []),
      '',
      mail.body ?? '',
      '',
    ];
    return { raw: Buffer.from(lines.join('\r\n')), messageId };
  }

  /** A mail comes in, and who is to be told of it at once has been told. */
  async raise(tenant: Tenant, mail: MailText): Promise<string> {
    const messageId = await this.arrive(tenant, mail);
    await this.tell();
    return messageId;
  }

  /** Lets what is to be told at once be gathered and go out. */
  async tell(): Promise<void> {
    await this.settle();
    this.clock.advance(GATHERING_MS);
    await this.settle();
  }

  /** Runs every loop until none finds anything to do. */
  async settle(): Promise<void> {
    const { signal } = new AbortController();
    for (let turn = 0; turn < 100; turn += 1) {
      let hasMore = false;
      for (const job of this.#jobs) {
        if (['clean up', 'upkeep'].includes(job.name)) continue;
        const more = await job.run(this.clock.now(), signal);
        hasMore ||= more;
      }
      if (!hasMore) return;
    }
    throw new Error('the loops do not come to rest');
  }

  /**
   * Moves time on with the doors open: they say so every few seconds, as they do in life; the other loops have their
   * turn every `settleEvery`: each minute, in a long passage a dozen times.
   */
  async pass(ms: number, settleEvery = Math.max(60_000, ms / 12)): Promise<void> {
    const door = this.#jobs.find(({ name }) => name === 'door');
    for (let passed = 0; passed < ms;) {
      const next = Math.min(ms, passed + settleEvery);
      while (passed < next) {
        const step = Math.min(HEARTBEAT_MS, next - passed);
        this.clock.advance(step);
        passed += step;
        await door?.run(this.clock.now(), new AbortController().signal);
      }
      await this.settle();
    }
  }
}

/** What is sent to a channel gives up by itself. */
const HANGING_MS = 20_000;
/** Longer than notices are gathered, and than a delivery takes to be claimed. */
const GATHERING_MS = 5000;
/** Coarser than in life, and still no gap that would count as an outage. */
const HEARTBEAT_MS = 9000;
