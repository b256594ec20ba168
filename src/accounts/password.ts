/** Password hashes: scrypt with the parameters of the OWASP cheat sheet (N = 2^15, r = 8, p = 3; 32 MB, about 0.2 s). */
import { randomBytes, scrypt as scryptCallback, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { Invalid } from '../kernel/errors.ts';

const COST = { N: 2 ** 15, r: 8, p: 3 };
const HASH_BYTES = 32;

/** Shorter ones fall to guessing; NIST SP 800-63B asks for 8 at least. */
const SHORTEST_PASSWORD = 10;
/** Hashing megabytes would be a cheap way to keep a core busy. */
const LONGEST_PASSWORD = 500;

/** @throws Invalid when the password is too short or absurdly long */
export function requireGoodPassword(password: string, field = 'password'): void {
  if (password.length >= SHORTEST_PASSWORD && password.length <= LONGEST_PASSWORD) return;
  const range = `from ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD}`;
  throw new Invalid([{ field, message: `Use ${range} characters.` }]);
}

/** @returns `scrypt$N$r$p$salt$hash`, so that the cost can rise later without breaking old hashes */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await scrypt(password, salt, COST);
  const { N, r, p } = COST;
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [kind, N, r, p, salt, hash] = stored.split('$');
  if (kind !== 'scrypt' || !salt || !hash || password.length > LONGEST_PASSWORD) return false;
  const expected = Buffer.from(hash, 'base64url');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  return timingSafeEqual(await scrypt(password, Buffer.from(salt, 'base64url'), cost), expected);
}

/** A hash that no password has: checking it takes as long as a real one, so an unknown address cannot be told by time. */
export const NO_ONES_HASH = `scrypt$${COST.N}$${COST.r}$${COST.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

async function scrypt(password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
  const needed = 128 * Number(cost.N) * Number(cost.r);
  return new Promise((resolve, reject) => {
    scryptCallback(password, salt, HASH_BYTES, { ...cost, maxmem: 2 * needed }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
