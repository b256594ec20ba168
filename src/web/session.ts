/** Sign-in sessions of browsers: express-session over the `sessions` table. */
import { hkdfSync } from 'node:crypto';
import type { RequestHandler } from 'express';
import session from 'express-session';
import type { DataSource } from 'typeorm';
import { findSession, removeSession, saveSession } from '../accounts/sessions.ts';
import { type Clock, DAY, later } from '../kernel/clock.ts';

declare module 'express-session' {
  interface SessionData {
    userId: string;
    tenantId: string;
    /** Shown once on the next page. */
    flash: Flash;
  }
}

export interface Flash {
  kind: 'ok' | 'bad';
  message: string;
  /** A form that takes back what has been done. */
  undo?: { action: string; fields: Record<string, string> };
  faults: { field: string; message: string }[];
  /** What was typed, to be filled in again. */
  values: Record<string, unknown>;
  /** What the form was answered, sealed, where the operation shows it. */
  answer?: string;
}

const LASTS = 14 * DAY;
const COOKIE = 'datamer';

export interface SessionOptions {
  database: DataSource;
  clock: Clock;
  secretKey: string;
  /** Every cookie is Secure when people come by https. */
  isHttps: boolean;
}

export function sessions({ database, clock, secretKey, isHttps }: SessionOptions): RequestHandler {
  const secret = Buffer.from(hkdfSync('sha256', secretKey, 'datamer', 'session cookie', 32)).toString('hex');
  const handler = session({
    name: COOKIE,
    secret,
    store: new TableStore(database, clock),
    resave: false,
    saveUninitialized: false,
    proxy: true,
    cookie: { httpOnly: true, sameSite: 'lax', secure: isHttps, path: '/', maxAge: LASTS },
  });
  return (request, response, next) => {
    // TLS ends in front of us; a proxy that does not say so must not keep people from signing in.
    if (isHttps) request.headers['x-forwarded-proto'] = 'https';
    handler(request, response, next);
  };
}

class TableStore extends session.Store {
  readonly #database: DataSource;
  readonly #clock: Clock;

  constructor(database: DataSource, clock: Clock) {
    super();
    this.#database = database;
    this.#clock = clock;
  }

  override get(id: string, done: (error: unknown, data?: session.SessionData | null) => void): void {
    findSession(this.#database.manager, id, this.#clock.now()).then((found) => {
      done(null, found ? (found.data as unknown as session.SessionData) : null);
    }, done);
  }

  override set(
    id: string,
    data: session.SessionData,
    done: (error?: unknown) => void = () => undefined,
  ): void {
    const stored = {
      userId: (data as Partial<session.SessionData>).userId ?? null,
      data: data as unknown as Record<string, unknown>,
      expiresAt: later(this.#clock.now(), LASTS),
    };
    saveSession(this.#database.manager, id, stored).then(() => {
      done();
    }, done);
  }

  override destroy(id: string, done: (error?: unknown) => void = () => undefined): void {
    removeSession(this.#database.manager, id).then(() => {
      done();
    }, done);
  }
}
