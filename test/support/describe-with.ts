/** Tests that need a program: where it is missing they are skipped by name, or fail with DATAMER_TEST_ALL=1. */
import { describe, it } from '@jest/globals';
import { findChromium, findDovecot, findPostgres } from './installed.ts';

export type Program = 'PostgreSQL' | 'Dovecot' | 'Chromium';

const FINDERS: Record<Program, () => string | null> = {
  PostgreSQL: findPostgres,
  Dovecot: findDovecot,
  Chromium: findChromium,
};

export function describeWith(program: Program, name: string, tests: (found: string) => void): void {
  const found = FINDERS[program]();
  if (found) {
    describe(name, () => {
      tests(found);
    });
    return;
  }
  if (process.env['DATAMER_TEST_ALL'] === '1') {
    it(`${name}: ${program} must be installed, DATAMER_TEST_ALL is set`, () => {
      throw new Error(`${program} is not installed`);
    });
    return;
  }
  describe.skip(`${name} (skipped: ${program} is not installed)`, () => {
    it('needs a program that is not here', () => undefined);
  });
}
