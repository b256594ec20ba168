/** Notices: what was sent to whom, what waits, what failed and why. */
import { listDeliveries, type Delivery } from '../../../outbound/deliveries.ts';
import { page } from '../../page.ts';
import { presentTime } from '../../presenters/time.ts';
import { settingsTabs } from './tabs.ts';

const PATH = '/settings/deliveries';

const STATES = {
  pending: { word: 'waiting', icon: 'clock', tone: '' },
  sent: { word: 'sent', icon: 'check', tone: 'is-ok' },
  failed: { word: 'failed', icon: 'alert', tone: 'is-bad' },
  bounced: { word: 'bounced', icon: 'undo', tone: 'is-bad' },
} as const;

export const deliveriesPage = page({
  path: PATH,
  permission: 'administer',
  load: async ({ tx, tenant, role, now, timeZone }) => {
    const deliveries = await listDeliveries(tx, tenant.id);
    return {
      view: 'settings/deliveries',
      title: 'Deliveries',
      data: {
        tabs: settingsTabs(role, PATH),
        sentence: describe(deliveries),
        deliveries: deliveries.map((one) => ({
          id: one.id,
          address: one.address,
          isChannel: one.channelId !== null,
          subject: one.message.subject,
          href: one.eventId ? `/events/${one.eventId}` : null,
          state: STATES[one.state],
          attempts: one.attempts,
          error: one.lastError,
          created: presentTime(one.createdAt, now, timeZone),
          sent: presentTime(one.sentAt, now, timeZone),
          nextTry: presentTime(one.nextTryAt, now, timeZone),
          isPending: one.state === 'pending',
        })),
      },
    };
  },
});

function describe(deliveries: readonly Delivery[]): string {
  const count = (...states: Delivery['state'][]): number =>
    deliveries.filter(({ state }) => states.includes(state)).length;
  return `Of the last ${deliveries.length} notices ${count('sent')} were sent, ${count('pending')} wait, ${count('failed', 'bounced')} failed`;
}
