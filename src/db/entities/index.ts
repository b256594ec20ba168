/** Tables read and written row by row. Those on the hot path and the read-models use SQL and have no entity. */
import { GroupEntity } from './group.entity.ts';
import { MailboxEntity } from './mailbox.entity.ts';
import { RuleEntity } from './rule.entity.ts';
import { SubscriptionEntity } from './subscription.entity.ts';
import { TenantEntity } from './tenant.entity.ts';
import { TokenEntity } from './token.entity.ts';
import { UserEntity } from './user.entity.ts';

export const entities = [
  GroupEntity,
  MailboxEntity,
  RuleEntity,
  SubscriptionEntity,
  TenantEntity,
  TokenEntity,
  UserEntity,
];
