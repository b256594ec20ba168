/**
 * One call that people and scripts can make: where, by whom, with what, answering what. Declared once; it becomes a
 * REST route with its entry in openapi.json, and for writes a plain form on the same path of the pages.
 */
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { Actor, Permission, Role } from '../accounts/role.ts';
import type { Tenant } from '../accounts/tenants.ts';
import type { Tx } from '../db/transaction.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { NetworkGuard } from '../kernel/network-guard.ts';
import type { SecretBox } from '../kernel/secret-box.ts';
import type { MailTransport } from '../outbound/channels/email/transport.ts';
import type { OwnHealth } from '../selfwatch/own-health.ts';
import type { DoorState } from '../watchdog/blind.ts';

/** What handlers may use of the process they run in. */
export interface Services {
  database: DataSource;
  clock: Clock;
  log: Log;
  secrets: SecretBox;
  /** Says that something waits to be done, so that it need not wait for the next turn of its loop. */
  wake: (
    what: 'mail to be read again' | 'something to tell' | 'mailboxes changed' | 'schedules changed',
  ) => void;
  /** Where channels may be sent to, and by which mail server. */
  guard: NetworkGuard;
  mail: MailTransport | null;
  /** Addresses in notices. */
  addresses: () => { baseUrl: string; mailDomain: string };
  doorsOf: (tx: Tx, tenant: Tenant) => Promise<DoorState[]>;
  /** Where the SMTP door listens; null when it is shut, or opened by another process on a port it chose. */
  smtpPort: () => number | null;
  /** How DaTamer itself stands, as of its last look; null where this process does not watch it. */
  ownHealth: () => OwnHealth | null;
}

/** Who asks, for which tenant, inside which transaction. */
export interface Scope {
  tx: Tx;
  tenant: Tenant;
  actor: Actor;
  role: Role;
  now: Date;
  services: Services;
}

export interface Input<Query, Body> {
  /** The `{id}` of the path: a UUID, or the router has answered 404. Empty for paths without one. */
  params: { id: string };
  query: Query;
  body: Body;
  /** True when the client asks for this content type rather than for JSON. */
  accepts: (contentType: string) => boolean;
}

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Bytes that are not JSON: a mail's source, a CSV. */
export class RawAnswer {
  readonly contentType: string;
  readonly bytes: Buffer | string;
  readonly fileName: string | null;

  constructor(contentType: string, bytes: Buffer | string, fileName: string | null = null) {
    this.contentType = contentType;
    this.bytes = bytes;
    this.fileName = fileName;
  }
}

export interface Told {
  kind: 'ok' | 'bad';
  message: string;
  /** A form that takes it back. */
  undo?: { action: string; fields: Record<string, string> };
}

interface Declaration<Query extends z.ZodType, Body extends z.ZodType, Answer extends z.ZodType> {
  /** A verb and its noun: the operationId of OpenAPI. */
  id: string;
  method: Method;
  /** `/events/{id}/assignment` */
  path: string;
  summary: string;
  permission: Permission;
  query?: Query;
  body?: Body;
  answer: Answer;
  /** Content type of a RawAnswer, for the description. */
  raw?: string;
  /** Answered 201. */
  creates?: boolean;
  /** After a form, the next page shows the answer, this once: a token's text, the steps of a test. */
  showsAnswer?: boolean;
  /** Names of fields, at any depth, that must not be kept for the form when it is refused; passwords never are. */
  secretsIn?: (fields: Record<string, unknown>) => string[];
  /** Reads the body out of form fields that are not shaped like it; null: they are shaped like it. */
  readForm?: (fields: Record<string, unknown>) => Record<string, unknown> | null;
  /** What a person reads after the form; without it the changed page speaks for itself. */
  tell?: (answer: z.output<Answer>, body: z.input<Body>) => Told;
  /** Handled outside a transaction, because it waits for others; `scope.tx` must not be used then. */
  waitsForOthers?: boolean;
  handle: (
    scope: Scope,
    input: Input<z.output<Query>, z.output<Body>>,
  ) => Promise<z.input<Answer> | RawAnswer>;
}

export type Operation = Declaration<z.ZodType, z.ZodType, z.ZodType>;

/** Checks the parts of a declaration against each other and forgets their types for lists. */
export function operation<
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodType,
>(declaration: Declaration<Query, Body, Answer>): Operation {
  return declaration;
}

/** The request's version of an event, which a stale one is told by. */
export const version = z
  .number()
  .int()
  .min(1)
  .describe('The version that was looked at; a stale one is answered 409.');

/** A list answers a page and where the next one begins. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** A list that is short by its nature, in the shape of all lists. */
export function whole<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.null() });
}

const LARGEST_PAGE = 500;
const USUAL_PAGE = 50;

export const paging = {
  limit: z.coerce.number().int().min(1).max(LARGEST_PAGE).default(USUAL_PAGE),
  cursor: z.string().max(500).optional().describe('`nextCursor` of the page before.'),
};
