/**
 * Bearer tokens for scripts: `dtm_<tenant>_<secret>`. The tenant stands in the token so that the look-up stays
 * inside one tenant; the secret is random, so a plain SHA-256 of it is enough to store.
 */
import { createHash, randomBytes } from 'node:crypto';
import { MINUTE } from '../kernel/clock.ts';
import { Invalid, NotFound } from '../kernel/errors.ts';
import { isUuid, newId, type TenantId } from '../kernel/ids.ts';
import { TokenEntity } from '../db/entities/token.entity.ts';
import { affected, oneRow, rows, type Tx } from '../db/transaction.ts';
import { ROLES, type Role } from './role.ts';

export interface Token {
  id: string;
  name: string;
  role: Role;
  createdAt: Date;
  lastUsedAt: Date | null;
}

const SHAPE = /^dtm_([0-9a-f]{32})_([A-Za-z0-9]{40,64})$/;

/** Writing the time of last use at every request would make each read a write. */
const LAST_USE_PRECISION_MS = 5 * MINUTE;

const TOKEN = 'id, name, role, created_at as "createdAt", last_used_at as "lastUsedAt"';

/** @returns the token's text once; it cannot be shown again */
export async function addToken(
  tx: Tx,
  tenantId: TenantId,
  wanted: { name?: string; role: Role },
  now: Date,
): Promise<Token & { token: string }> {
  if (!ROLES.includes(wanted.role)) {
    throw new Invalid([{ field: 'role', message: `Use one of ${ROLES.join(', ')}.` }]);
  }
  const secret = randomBytes(36).toString('base64').replace(/[+/=]/g, 'x');
  const token = {
    id: newId<string>(now),
    name: wanted.name?.trim() || 'unnamed',
    role: wanted.role,
    createdAt: now,
    lastUsedAt: null,
  };
  await tx.getRepository(TokenEntity).insert({ ...token, tenantId, secretHash: hash(secret) });
  return { ...token, token: `dtm_${tenantId.replaceAll('-', '')}_${secret}` };
}

/** The tenant that a token claims to be of; whether it is, only `useToken` tells. */
export function tenantOfToken(text: string): TenantId | null {
  const hex = SHAPE.exec(text)?.[1];
  const id = hex?.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return id && isUuid(id) ? (id as TenantId) : null;
}

export async function useToken(tx: Tx, tenantId: TenantId, text: string, now: Date): Promise<Token | null> {
  const secret = SHAPE.exec(text)?.[2];
  if (!secret) return null;
  const token = await oneRow<Token>(
    tx,
    `select ${TOKEN} from tokens where tenant_id = $1 and secret_hash = $2`,
    [tenantId, hash(secret)],
  );
  if (token && isStale(token.lastUsedAt, now)) {
    await affected(tx, 'update tokens set last_used_at = $3 where tenant_id = $1 and id = $2', [
      tenantId,
      token.id,
      now,
    ]);
  }
  return token ?? null;
}

function isStale(lastUsedAt: Date | null, now: Date): boolean {
  return lastUsedAt === null || now.getTime() - lastUsedAt.getTime() > LAST_USE_PRECISION_MS;
}

export async function listTokens(tx: Tx, tenantId: TenantId): Promise<Token[]> {
  return rows<Token>(tx, `select ${TOKEN} from tokens where tenant_id = $1 order by id desc`, [tenantId]);
}

/** @throws NotFound */
export async function removeToken(tx: Tx, tenantId: TenantId, id: string): Promise<void> {
  const removed = await affected(tx, 'delete from tokens where tenant_id = $1 and id = $2', [tenantId, id]);
  if (removed === 0) throw new NotFound('token');
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
