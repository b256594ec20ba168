/** How often a tenant may send tests: the button must be no way to have this server call somebody all day. */
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { AppError } from '../kernel/errors.ts';
import type { TenantId } from '../kernel/ids.ts';

const MOST_TESTS = 30;
const WITHIN_SECONDS = 600;

const turns = new RateLimiterMemory({ points: MOST_TESTS, duration: WITHIN_SECONDS });

/** @throws AppError `too-many-tests`, 429 */
export async function takeTestTurn(tenantId: TenantId): Promise<void> {
  try {
    await turns.consume(tenantId);
  } catch (cause) {
    throw new AppError(`That were ${MOST_TESTS} tests within ten minutes. Wait a little.`, {
      code: 'too-many-tests',
      status: 429,
      temporary: true,
      cause,
    });
  }
}
