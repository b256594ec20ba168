/** Chance that falls the same way each time: the same day tells the same story, however often it is told. */
import { createHash } from 'node:crypto';

/** @returns a number in [0, 1) that depends on the key alone */
export function chance(key: string): number {
  return createHash('sha256').update(key).digest().readUIntBE(0, 6) / 2 ** 48;
}

/** A whole number from `low` to `high`, both included. */
export function drawNumber(key: string, low: number, high: number): number {
  return low + Math.floor(chance(key) * (high - low + 1));
}

export function drawOne<T>(key: string, list: readonly [T, ...T[]]): T {
  return list[drawNumber(key, 0, list.length - 1)] ?? list[0];
}
