/** A message as plain text: complete by itself, for mail programs and people that prefer it. */
import { formatLocal } from '../../kernel/calendar.ts';
import type { Action, EventFacts, FigureTable, Message, Section } from './message.ts';

/** @param footnotes sentences below everything, such as what a reply may say */
export function asText(
  { greeting, lead, event, sections, tables = [], actions }: Message,
  footnotes: readonly string[] = [],
): string {
  return [
    ...(greeting === null ? [] : [`Hello ${greeting},`, '']),
    lead,
    ...(event ? ['', ...facts(event), ...quoted(event)] : []),
    ...sections.flatMap(listed),
    ...tables.flatMap(tabled),
    ...actions.flatMap(offered),
    ...footnotes.flatMap((note) => ['', note]),
    '',
    '-- ',
    'DaTamer',
    '',
  ].join('\n');
}

function facts({ title, severity, kind, org, servers, createdAt, timeZone }: EventFacts): string[] {
  return [
    `  ${title}`,
    `  Severity: ${severity}`,
    `  Kind:     ${kind}`,
    `  Org:      ${org ?? 'unknown'}`,
    `  Servers:  ${describeServers(servers)}`,
    `  Since:    ${formatLocal(new Date(createdAt), timeZone, 'ccc d LLL yyyy, HH:mm')} ${timeZone}`,
  ];
}

/** Behind a line, and not as `>`: whoever answers must not seem to quote the tool. */
function quoted({ excerpt }: EventFacts): string[] {
  return excerpt ? ['', 'The mail says:', ...excerpt.split('\n').map((line) => `  | ${line}`.trimEnd())] : [];
}

function listed({ heading, lines, more }: Section): string[] {
  return [
    '',
    heading,
    ...lines.flatMap(({ severity, text, link }) => [`  [${severity}] ${text}`, `    ${link}`]),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

/** Values below each other, for programs that show text in letters of one width. */
function tabled({ heading, rows }: FigureTable): string[] {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return ['', heading, ...rows.map(([name, value]) => `  ${name.padEnd(width)}${value}`)];
}

function offered({ label, link }: Action): string[] {
  return ['', `${label}:`, link];
}

const MOST_SERVERS = 10;

export function describeServers(servers: readonly string[]): string {
  if (servers.length === 0) return 'unknown';
  const more = servers.length - MOST_SERVERS;
  return `${servers.slice(0, MOST_SERVERS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
