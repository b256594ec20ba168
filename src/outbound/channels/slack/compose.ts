/** Slack's incoming webhooks, in the older form of attachments: Mattermost and Rocket.Chat understand the same. */
import { asSentence, clip, listFacts, shortenSections } from '../../wording/as-brief.ts';
import type { Message } from '../../wording/message.ts';
import type { HttpCall } from '../call-http.ts';
import type { Outgoing } from '../channel-kind.ts';
import { tameChatText } from '../chat-text.ts';
import { lookOf, OVER_COLOUR } from '../severity-look.ts';
import { jsonHeaders } from '../via-http.ts';

export interface SlackSettings extends Record<string, string> {
  url: string;
  room: string;
}

/** Slack cuts longer ones itself, in the middle of an escaped character. */
const LONGEST_TEXT = 3000;

export function composeSlack(outgoing: Outgoing, { url, room }: SlackSettings): HttpCall {
  const { message } = outgoing;
  const { event, subject } = message;
  const title = escape(clip(subject, 300));
  const body = JSON.stringify({
    ...(room ? { channel: room } : {}),
    attachments: [
      {
        fallback: title,
        color: outgoing.kind === 'recovered' ? OVER_COLOUR : lookOf(severityOf(message)).colour,
        title,
        ...(event ? { title_link: event.link } : {}),
        text: asText(message),
        fields: event
          ? listFacts(event).map(({ name, value }) => ({
              title: name,
              value: escape(clip(value, 500)),
              short: true,
            }))
          : [],
        ...(event ? { ts: Math.floor(Date.parse(event.createdAt) / 1000) } : {}),
      },
    ],
  });
  return { method: 'POST', url, headers: jsonHeaders(outgoing), body };
}

function asText({ lead, sections, actions }: Message): string {
  const listed = shortenSections(sections).flatMap(({ heading, lines, more }) => [
    `*${escape(heading)}*`,
    ...lines.map(({ severity, text, link }) => {
      const words = escape(clip(text, 200));
      return `${lookOf(severity).shape} <${link}|${words.replaceAll('|', '¦')}>`;
    }),
    ...(more > 0 ? [`and ${more} more`] : []),
  ]);
  const links = actions.map(({ label, link }) => `<${link}|${escape(label)}>`).join(' · ');
  return clip([escape(asSentence(lead)), ...listed, ...(links ? [links] : [])].join('\n'), LONGEST_TEXT);
}

/** The worst that it tells of. */
function severityOf({ event, sections }: Message) {
  return event ? event.severity : (sections[0]?.lines[0]?.severity ?? 'info');
}

/** The three characters that mean something to Slack; `<!channel>` is only text then. */
function escape(text: string): string {
  return tameChatText(text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
}
