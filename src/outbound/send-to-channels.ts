/** The loop of the channels: claims what is due, sends it, writes down how it went. */
import { acrossTenants, type Tx } from '../db/transaction.ts';
import { SECOND } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { groupBy } from '../kernel/group-by.ts';
import type { ChannelId, TenantId } from '../kernel/ids.ts';
import type { Lanes } from '../kernel/lanes.ts';
import type { Log } from '../kernel/log.ts';
import type { NetworkGuard } from '../kernel/network-guard.ts';
import type { SecretBox } from '../kernel/secret-box.ts';
import { afterFailure } from './after-failure.ts';
import type { SettingValues } from './channels/channel-kind.ts';
import {
  findChannel,
  markChannelError,
  markChannelSent,
  openSettings,
  type Channel,
} from './channels/channels.ts';
import { claimDueOfChannels, type ChannelDelivery } from './channels/claim-due.ts';
import type { MailTransport } from './channels/email/transport.ts';
import { KINDS } from './channels/index.ts';
import { tellOtherwise } from './channels/tell-otherwise.ts';
import { whileClaimed, type Renewing } from './claims.ts';
import { markFailed, markForRetry, markSent, TRIES_IN_VAIN } from './deliveries.ts';
import { recordNotTold } from './escalation/not-told.ts';
import { offerDeeds, type LinkMaker } from './mail/offer-deeds.ts';

export interface ChannelSendOptions extends Renewing {
  guard: NetworkGuard;
  mail: MailTransport | null;
  /** For the links by which a person acts from their own channel. */
  links: LinkMaker;
  secrets: SecretBox;
  /** One for each channel that is being sent to. */
  lanes: Lanes;
  log: Log;
}

/** Those that have not answered by then go on by themselves. */
const PATIENCE_MS = 3 * SECOND;

/** @returns true when there may be more */
export async function sendToChannels(options: ChannelSendOptions, now: Date): Promise<boolean> {
  const { database, lanes, log } = options;
  const due = await acrossTenants(database, (tx) => claimDueOfChannels(tx, lanes.busy(), now));
  const byChannel = groupBy(due, (delivery) => delivery.channelId);
  for (const [channelId, deliveries] of byChannel) {
    lanes.open(channelId, async () => {
      try {
        await whileClaimed(options, deliveries, () => sendInTurn(options, channelId, deliveries));
      } catch (error) {
        // The claims run out, and it is sent again.
        log.error({ channelId, err: error }, 'a channel could not be served');
      }
    });
  }
  await lanes.settle(PATIENCE_MS, [...byChannel.keys()]);
  return due.length > 0;
}

/** In the order in which things happened, and one at a time. */
async function sendInTurn(
  options: ChannelSendOptions,
  channelId: ChannelId,
  deliveries: readonly ChannelDelivery[],
): Promise<void> {
  const [first] = deliveries;
  if (!first) return;
  const opened = await acrossTenants(options.database, (tx) =>
    open(tx, first.tenantId, channelId, options.secrets),
  );
  let trouble: unknown = opened instanceof AppError ? opened : null;
  const inOrder = [...deliveries].sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  for (const delivery of inOrder) {
    const error = trouble ?? (opened instanceof AppError ? opened : await sendOne(options, opened, delivery));
    await record(options, channelId, delivery, error);
    if (error && concernsAll(error)) trouble = error;
  }
}

interface OpenedChannel {
  channel: Channel;
  settings: SettingValues;
}

async function open(
  tx: Tx,
  tenantId: TenantId,
  id: ChannelId,
  secrets: SecretBox,
): Promise<OpenedChannel | AppError> {
  const channel = await findChannel(tx, tenantId, id);
  if (!channel)
    return new AppError('The channel was removed.', { code: 'channel-removed', temporary: false });
  try {
    return { channel, settings: await openSettings(tx, tenantId, id, secrets) };
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** @returns why it failed, or null */
async function sendOne(
  { guard, mail, links, clock, log }: ChannelSendOptions,
  { channel, settings }: OpenedChannel,
  delivery: ChannelDelivery,
): Promise<unknown> {
  try {
    const { message } = delivery;
    const actions = [...offerDeeds(delivery, links), ...message.actions];
    const outgoing = { ...delivery, message: { ...message, actions } };
    await KINDS[channel.kind].send(outgoing, settings, { guard, mail, now: clock.now() }, () => undefined);
    log.info({ deliveryId: delivery.id, channelId: channel.id, kind: channel.kind }, 'notice sent');
    return null;
  } catch (error) {
    return error ?? new Error('unknown');
  }
}

/** Nobody there, or told to wait: the next one would hear the same. What is refused may be refused for what it says. */
function concernsAll(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  return error.code !== 'channel-refused' || error.detail['retryAfterMs'] !== undefined;
}

async function record(
  { database, clock, log }: ChannelSendOptions,
  channelId: ChannelId,
  delivery: ChannelDelivery,
  error: unknown,
): Promise<void> {
  const now = clock.now();
  const { tenantId, attempts } = delivery;
  await acrossTenants(database, async (tx) => {
    if (error === null) {
      await markSent(tx, delivery, now);
      await markChannelSent(tx, tenantId, channelId, now);
      return;
    }
    const channel = await findChannel(tx, tenantId, channelId);
    const { reason, nextTryAt } = afterFailure(delivery, error, now);
    if (nextTryAt) await markForRetry(tx, delivery, reason, nextTryAt);
    else await markFailed(tx, delivery, reason, now);
    const isDown = nextTryAt === null || attempts >= TRIES_IN_VAIN;
    await markChannelError(tx, tenantId, channelId, { error: reason, isDown }, now);
    // Once: when the tries that are part of the trade are over, or there will be none.
    const isTurn = attempts === TRIES_IN_VAIN || (nextTryAt === null && attempts < TRIES_IN_VAIN);
    if (channel && isTurn) await tellOtherwise(tx, channel, delivery, reason, now);
    if (isTurn) await recordNotTold(tx, delivery, reason, now);
    log.warn(
      { deliveryId: delivery.id, channelId, attempts, reason, isFinal: nextTryAt === null },
      'notice not sent',
    );
  });
}
