/** A Dovecot for the tests of a file; benchmarks, which are no tests, start one by themselves. */
import { afterAll, beforeAll } from '@jest/globals';
import { Dovecot, type DovecotOptions } from './dovecot.ts';

/** One for the tests of a file, or of a `describe`. */
export function useDovecot(program: string, options: DovecotOptions = {}): Dovecot {
  const dovecot = new Dovecot(program, options);
  beforeAll(() => dovecot.start());
  afterAll(() => dovecot.stop());
  return dovecot;
}
