/** The channels of the team: where each goes, how it is doing, and which subscriptions tell it. */
import fs from 'node:fs';
import { may } from '../../../accounts/role.ts';
import { listSubscriptions } from '../../../accounts/subscriptions.ts';
import { inPackage } from '../../../kernel/package-root.ts';
import { listChannels, type Channel } from '../../../outbound/channels/channels.ts';
import { RawAnswer } from '../../operation.ts';
import { page } from '../../page.ts';
import { listKinds, OF_TEAM, presentChannelRow } from '../../presenters/channel.ts';
import { channelPage, newChannelPage } from './channel-editor.ts';
import { settingsTabs } from './tabs.ts';

const PATH = OF_TEAM.page;
/** What a network management system needs to read our traps. */
const MIB = 'DATAMER-MIB.txt';
const EDITOR = { place: OF_TEAM, tab: PATH, owner: null };

export const channelPages = [
  page({
    path: PATH,
    permission: 'read',
    load: async ({ tx, tenant, role, now, timeZone }) => {
      const channels = await listChannels(tx, tenant.id, null);
      const subscriptions = await listSubscriptions(tx, tenant.id);
      return {
        view: 'settings/channels',
        title: 'Channels',
        data: {
          tabs: settingsTabs(role, PATH),
          sentence: describe(channels),
          mayAdminister: may(role, 'administer'),
          channels: channels.map((one) => ({
            ...presentChannelRow(one, OF_TEAM, now, timeZone),
            patterns: subscriptions.filter(({ channel }) => channel === one.id).map(({ pattern }) => pattern),
          })),
          kinds: listKinds(OF_TEAM),
        },
      };
    },
  }),
  // Before the path with an id, which would take it.
  page({
    path: `${PATH}/${MIB}`,
    permission: 'read',
    load: async () =>
      Promise.resolve(new RawAnswer('text/plain', fs.readFileSync(inPackage('docs', MIB)), MIB)),
  }),
  page({
    path: `${PATH}/new`,
    permission: 'administer',
    load: async (scope, request) => Promise.resolve(newChannelPage(scope, request.query['kind'], EDITOR)),
  }),
  page({
    path: `${PATH}/:id`,
    permission: 'administer',
    load: async (scope, request) => channelPage(scope, String(request.params['id']), EDITOR),
  }),
];

function describe(channels: readonly Channel[]): string {
  const down = channels.filter(({ failingSince }) => failingSince !== null).length;
  const count = `${channels.length} channel${channels.length === 1 ? '' : 's'} of the team`;
  return down > 0 ? `${count}, ${down} down: their people are told by mail` : count;
}
