/** Sending for the kinds that are a mail of the installation's own mail server. */
import { Unavailable } from '../../kernel/errors.ts';
import type { ChannelKind, Outgoing, SettingValues } from './channel-kind.ts';
import type { NoticeMail } from './email/transport.ts';

/** @param compose pure: the mail for this message */
export function viaMail<Settings extends SettingValues>(
  compose: (outgoing: Outgoing, settings: Settings) => NoticeMail,
): Pick<ChannelKind<Settings>, 'steps' | 'send'> {
  return {
    steps: ['accepted'],
    send: async (outgoing, settings, { mail }, passed) => {
      if (!mail) throw new Unavailable('No mail server for notices is set (DATAMER_SMTP_OUT_URL).');
      const composed = compose(outgoing, settings);
      await mail.send(composed);
      passed('accepted', `The mail server took it for ${composed.to}.`);
    },
  };
}
