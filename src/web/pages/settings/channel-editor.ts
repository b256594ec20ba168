/** The page on which one channel is added or changed, the same for a team's and a person's own. */
import type { UserId } from '../../../kernel/ids.ts';
import { getChannel } from '../../../outbound/channels/channels.ts';
import { channelTestResult, showChannel } from '../../api/channels.ts';
import { shownAnswer } from '../../forms.ts';
import type { PageScope, View } from '../../page.ts';
import {
  isKindName,
  presentChannelEditor,
  presentChannelRow,
  presentChannelTest,
  type ChannelPlace,
} from '../../presenters/channel.ts';
import { settingsTabs } from './tabs.ts';

export interface EditorOptions {
  place: ChannelPlace;
  /** The tab that it belongs to. */
  tab: string;
  owner: UserId | null;
}

/** @param kind as it stands in the address; what is no kind is the first one */
export function newChannelPage(scope: PageScope, kind: unknown, options: EditorOptions): View {
  const { place } = options;
  const editor = presentChannelEditor(scope.flash, isKindName(kind) ? kind : 'slack', null, place);
  return show(scope, options, { editor, row: null });
}

/** @throws NotFound */
export async function channelPage(scope: PageScope, id: string, options: EditorOptions): Promise<View> {
  const { tx, tenant, flash, now, timeZone } = scope;
  const { place, owner } = options;
  const channel = await getChannel(tx, tenant.id, owner, id);
  const { settings, secrets } = await showChannel(scope, channel);
  const editor = presentChannelEditor(flash, channel.kind, { ...channel, settings, secrets }, place);
  return show(scope, options, { editor, row: presentChannelRow(channel, place, now, timeZone) });
}

function show(
  scope: PageScope,
  { tab, place }: EditorOptions,
  { editor, row }: { editor: object; row: ReturnType<typeof presentChannelRow> | null },
): View {
  const result = shownAnswer(scope, channelTestResult);
  return {
    view: 'settings/channel',
    title: 'Channel',
    data: {
      editor,
      row,
      tabs: settingsTabs(scope.role, tab),
      isOfTeam: place.action === '/channels',
      deliveries: row && place.action === '/channels' ? `/settings/deliveries?to=${row.id}` : null,
      test: result ? presentChannelTest(result.steps) : null,
    },
  };
}
