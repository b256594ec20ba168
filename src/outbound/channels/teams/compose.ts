/** Microsoft Teams: an Adaptive Card for the workflow "Post to a channel when a webhook request is received". */
import { asSentence, clip, listFacts, shortenSections } from '../../wording/as-brief.ts';
import type { Message } from '../../wording/message.ts';
import type { HttpCall } from '../call-http.ts';
import type { Outgoing } from '../channel-kind.ts';
import { tameChatText } from '../chat-text.ts';
import { lookOf, type ToldSeverity } from '../severity-look.ts';
import { urgencyOf } from '../urgency.ts';
import { jsonHeaders } from '../via-http.ts';

export interface TeamsSettings extends Record<string, string> {
  url: string;
}

/** Teams refuses a message over 28 kB: with the texts clipped, twelve lines stay far below it. */
const MOST_LINES = 12;
/** More buttons are hidden behind a menu. */
const MOST_BUTTONS = 6;

const COLOURS = { critical: 'Attention', warn: 'Warning', info: 'Accent', unclassified: 'Default' } as const;

export function composeTeams(outgoing: Outgoing, { url }: TeamsSettings): HttpCall {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: cardBody(outgoing),
    actions: buttons(outgoing.message),
  };
  const body = JSON.stringify({
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  });
  return { method: 'POST', url, headers: jsonHeaders(outgoing), body };
}

function cardBody(outgoing: Outgoing): object[] {
  const { subject, lead, event, sections } = outgoing.message;
  return [
    {
      ...textBlock(subject, 300),
      weight: 'Bolder',
      size: 'Medium',
      color: headColourOf(outgoing),
    },
    textBlock(asSentence(lead)),
    ...(event && listFacts(event).length > 0
      ? [
          {
            type: 'FactSet',
            facts: listFacts(event).map(({ name, value }) => ({
              title: name,
              value: tameChatText(clip(value, 500)),
            })),
          },
        ]
      : []),
    ...shortenSections(sections, MOST_LINES).flatMap(({ heading, lines, more }) => [
      { ...textBlock(heading), weight: 'Bolder', separator: true },
      ...lines.map(({ severity, text }) => ({
        ...textBlock(`${lookOf(severity).shape} ${text}`, 200),
        color: colourOf(severity),
        spacing: 'Small',
      })),
      ...(more > 0 ? [{ ...textBlock(`and ${more} more`), isSubtle: true, spacing: 'Small' }] : []),
    ]),
  ];
}

function textBlock(text: string, most = 1000) {
  return { type: 'TextBlock', text: tameChatText(clip(text, most)), wrap: true };
}

function headColourOf(outgoing: Outgoing): string {
  if (outgoing.kind === 'recovered') return 'Good';
  const urgency = urgencyOf(outgoing);
  return urgency === 'quiet' || urgency === 'test' ? 'Default' : colourOf(urgency);
}

function colourOf(severity: ToldSeverity): string {
  return COLOURS[severity];
}

function buttons({ event, actions }: Message): object[] {
  const others = actions.filter(({ link }) => link !== event?.link);
  return [...(event ? [{ label: `Open #${event.number}`, link: event.link }] : []), ...others]
    .slice(0, MOST_BUTTONS)
    .map(({ label, link }) => ({ type: 'Action.OpenUrl', title: label, url: link }));
}
