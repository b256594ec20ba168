/** A message in a few lines, for telephones and chat: what happened, where, and what else is in it. */
import type { EventFacts, Message, Section } from './message.ts';

const MOST_SERVERS = 5;
const MOST_LINES = 20;

/** One fact a line; the title stands in the subject. */
export function listFacts({ org, servers }: EventFacts): { name: string; value: string }[] {
  const more = servers.length - MOST_SERVERS;
  return [
    ...(org ? [{ name: 'Org', value: org }] : []),
    ...(servers.length > 0
      ? [
          {
            name: servers.length === 1 ? 'Server' : 'Servers',
            value: servers.slice(0, MOST_SERVERS).join(', ') + (more > 0 ? ` and ${more} more` : ''),
          },
        ]
      : []),
  ];
}

/** The first lines of all sections together, so that no section is without end. */
export function shortenSections(sections: readonly Section[], most = MOST_LINES): Section[] {
  let left = most;
  return sections.flatMap(({ heading, lines, more }) => {
    const shown = lines.slice(0, left);
    left -= shown.length;
    return shown.length > 0 ? [{ heading, lines: shown, more: more + lines.length - shown.length }] : [];
  });
}

/** At most `most` UTF-16 units, and never half a character. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** A mail's lead goes on after the greeting, and leads on to what follows; alone it is a sentence. */
export function asSentence(lead: string): string {
  return `${lead.charAt(0).toUpperCase()}${lead.slice(1)}`.replace(/[:,]$/, '.');
}

/** Plain text without the subject. */
export function asBrief({ lead, event, sections }: Message): string {
  const facts = event ? listFacts(event).map(({ name, value }) => `${name}: ${value}`) : [];
  const listed = shortenSections(sections).flatMap(({ heading, lines, more }) => [
    '',
    heading,
    ...lines.map(({ severity, text }) => `• ${severity}: ${text}`),
    ...(more > 0 ? [`and ${more} more`] : []),
  ]);
  return [asSentence(lead), ...facts, ...listed].join('\n');
}
