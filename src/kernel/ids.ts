/**
 * Ids are UUIDv7 (RFC 9562): made by the application, sorted by time, so that indexes grow at one end
 * and no sequence stands on the hot path. Brands keep one kind of id from being passed for another.
 */
import { randomFillSync } from 'node:crypto';
import { v7, validate } from 'uuid';

declare const brand: unique symbol;
type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type TenantId = Id<'tenant'>;
export type UserId = Id<'user'>;
export type MseId = Id<'mse'>;
export type EventId = Id<'event'>;
export type MailboxId = Id<'mailbox'>;
export type StreamId = Id<'stream'>;
export type JobId = Id<'job'>;
export type RunId = Id<'run'>;
export type ProposalId = Id<'proposal'>;
export type RuleId = Id<'rule'>;
export type GroupId = Id<'group'>;
export type ChannelId = Id<'channel'>;

let sequence = 0;

const RANDOM_BYTES = 16;
/** Asking the system for 16 bytes at a time took a tenth of an import's time. */
const pool = Buffer.alloc(RANDOM_BYTES * 256);
let used = pool.length;

function randomBytes(): Uint8Array {
  if (used >= pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return pool.subarray(used - RANDOM_BYTES, used);
}

/**
 * A new id, sorting at `now`, and behind all that this process made for the same instant. The caller says of
 * what: `newId<EventId>(now)`.
 */
export function newId<T extends string>(now: Date): T {
  sequence = (sequence + 1) % 2 ** 31;
  return v7({ msecs: Math.max(0, now.getTime()), seq: sequence, random: randomBytes() }) as T;
}

/** The bounds, half-open, between which all ids of an instant sort. */
export function idsOf(at: Date): [string, string] {
  return [lowestId(at.getTime()), lowestId(at.getTime() + 1)];
}

const INSTANT_DIGITS = 12;
const UUID_DIGITS = 32;

function lowestId(ms: number): string {
  const digits = ms.toString(16).padStart(INSTANT_DIGITS, '0').padEnd(UUID_DIGITS, '0');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export function isUuid(text: string): boolean {
  return validate(text);
}
