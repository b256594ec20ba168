/** What a channel is sent to try it: it says that nothing has happened. */
import type { Message } from './message.ts';

export interface TestNotice {
  /** Who pressed the button. */
  who: string;
  tenantName: string;
  baseUrl: string;
}

export function wordTest({ who, tenantName, baseUrl }: TestNotice): Message {
  return {
    subject: `[test] DaTamer reaches you here: ${tenantName}`,
    greeting: null,
    lead: `${who} has sent this to try the channel. Nothing has happened.`,
    event: null,
    sections: [],
    actions: [{ label: 'Open DaTamer', link: baseUrl }],
  };
}
