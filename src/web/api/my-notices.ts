/** How notices reach whoever asks, beside the channels of their own. */
import { z } from 'zod';
import { getNoticeWishes, MAIL_FLOORS, setNoticeWishes } from '../../accounts/users.ts';
import { Forbidden } from '../../kernel/errors.ts';
import { given } from '../../kernel/given.ts';
import type { UserId } from '../../kernel/ids.ts';
import { isWallClock } from '../../kernel/wall-clock.ts';
import { operation, type Scope } from '../operation.ts';

/** @throws Forbidden for a token */
export function requirePerson({ actor }: Scope): UserId {
  if (actor.userId === null) throw new Forbidden('A token stands for no person.', 'no-person');
  return actor.userId as UserId;
}

const notices = z
  .object({
    mailFloor: z
      .enum(MAIL_FLOORS)
      .nullable()
      .describe(
        'Mail comes for what is at least so severe, and for what no channel of yours takes; null: for everything.',
      ),
    digestTimes: z
      .array(z.string().refine(isWallClock, 'Give times as HH:MM, such as 08:00 17:00.'))
      .max(24)
      .describe('When your digests come, in your time zone; none: each quarter of an hour.'),
  })
  .meta({ id: 'MyNotices' });

export const myNoticeOperations = [
  operation({
    id: 'getMyNotices',
    method: 'get',
    path: '/me/notices',
    summary: 'How notices reach whoever asks',
    permission: 'read',
    answer: notices,
    handle: async (scope) => getNoticeWishes(scope.tx, scope.tenant.id, requirePerson(scope)),
  }),
  operation({
    id: 'changeMyNotices',
    method: 'patch',
    path: '/me/notices',
    summary: 'Change how notices reach whoever asks',
    permission: 'read',
    body: notices.partial(),
    answer: notices,
    handle: async (scope, { body }) => {
      const { tx, tenant } = scope;
      const person = requirePerson(scope);
      await setNoticeWishes(tx, tenant.id, person, {
        ...(await getNoticeWishes(tx, tenant.id, person)),
        ...given(body),
      });
      return getNoticeWishes(tx, tenant.id, person);
    },
  }),
];
