/**
 * A message as HTML for mail programs: tables and inline styles, which all of them bear; nothing is loaded from
 * anywhere, and no picture. Dark mode is asked for where the program honours it, and legible where it does not. What
 * strangers wrote (titles, servers, paths) is escaped here and nowhere else.
 */
import { formatLocal } from '../../kernel/calendar.ts';
import { shorten } from '../../kernel/shorten.ts';
import { describeServers } from './as-text.ts';
import type { Action, EventFacts, FigureTable, Message, Section, SectionLine } from './message.ts';

/** Gmail cuts mails off at 102 kB; on a telephone far less is read. Lists end before the mail grows beyond this. */
const LARGEST_LISTS = 7 * 1024;

/** In characters: a title may be a whole line of a log. */
const LONGEST_TITLE = 200;
const LONGEST_LINE = 160;
const LONGEST_LEAD = 2000;

type Shown = EventFacts['severity'];

/** Shape, word and colour: one of them is enough. */
const SEVERITIES: Record<Shown, { shape: string; colour: string; className: string }> = {
  critical: { shape: '●', colour: '#b42318', className: 'cr' },
  warn: { shape: '▲', colour: '#93560a', className: 'wa' },
  info: { shape: '■', colour: '#175cd3', className: 'in' },
  unclassified: { shape: '○', colour: '#475467', className: 'un' },
};

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const INK = '#1b1f24';
const DIM = '#57606a';

const STYLE = `
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.bg{background:#15181c !important}.card{background:#1d2126 !important;border-color:#363c44 !important}
.ink,.ink a{color:#e6e9ed !important}.line{border-color:#363c44 !important}.dim{color:#a2abb5 !important}
.cr{color:#ff8a80 !important}.wa{color:#f3b45b !important}.in{color:#84b6ff !important}.un{color:#b4bcc6 !important}
.btn{background:#2b3138 !important;border-color:#4a525c !important}.btn a{color:#e6e9ed !important}
.go{background:#2f6fe0 !important;border-color:#2f6fe0 !important}.go a{color:#ffffff !important}
}`.trim();

/** @param footnotes sentences below everything, such as what a reply may say */
export function asHtml(message: Message, footnotes: readonly string[] = []): string {
  const { subject, greeting, lead, event, sections, tables = [], actions } = message;
  const budget = { bytes: LARGEST_LISTS };
  const body = [
    paragraph(
      `${greeting === null ? '' : `Hello ${escape(greeting)},<br>`}${multiline(shorten(lead, LONGEST_LEAD))}`,
    ),
    event ? facts(event) : '',
    ...sections.map((one) => listed(one, budget)),
    ...tables.map(tabled),
    offered(actions),
    ...footnotes.map((note) => small(escape(note))),
    small('DaTamer'),
  ].join('');
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    `<title>${escape(shorten(subject, LONGEST_TITLE))}</title><style>${STYLE}</style></head>`,
    `<body class="bg" style="margin:0;padding:0;background:#f4f5f7">`,
    `<table role="presentation" class="bg" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f4f5f7"><tr><td align="center" style="padding:12px 8px">`,
    `<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;background:#ffffff;border:1px solid #d8dee4;border-radius:6px">`,
    `<tr><td class="ink" style="padding:16px;${FONT};font-size:15px;line-height:1.45;color:${INK};text-align:left">${body}</td></tr>`,
    '</table></td></tr></table></body></html>',
  ].join('\n');
}

function paragraph(html: string): string {
  return `<p style="margin:0 0 12px;overflow-wrap:anywhere">${html}</p>`;
}

function small(html: string): string {
  return `<p class="dim" style="margin:12px 0 0;font-size:13px;color:${DIM};overflow-wrap:anywhere">${html}</p>`;
}

function facts(event: EventFacts): string {
  const { title, severity, kind, number, org, servers, createdAt, timeZone, link, excerpt } = event;
  const since = `${formatLocal(new Date(createdAt), timeZone, 'ccc d LLL yyyy, HH:mm')} ${timeZone}`;
  const pairs: [string, string][] = [
    ['Kind', escape(kind)],
    ['Org', escape(org ?? 'unknown')],
    ['Servers', escape(shorten(describeServers(servers), LONGEST_TITLE))],
    ['Since', escape(since)],
  ];
  return [
    `<p style="margin:0 0 4px;font-weight:600">${mark(severity)}</p>`,
    `<p style="margin:0 0 10px;font-size:18px;line-height:1.3;font-weight:600;overflow-wrap:anywhere"><a href="${escape(link)}" style="color:${INK};text-decoration:none">${escape(shorten(title, LONGEST_TITLE))}</a> <span class="dim" style="color:${DIM};font-weight:400">#${number}</span></p>`,
    `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 12px">${pairs.map(pair).join('')}</table>`,
    excerpt ? quoted(excerpt) : '',
  ].join('');
}

/** Line breaks by hand: not every program knows `pre-wrap`. */
function quoted(excerpt: string): string {
  const lines = multiline(excerpt);
  return `<p class="ink line" style="margin:0 0 12px;padding:2px 0 2px 10px;border-left:3px solid #d8dee4;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px;line-height:1.45;color:${INK};overflow-wrap:anywhere">${lines}</p>`;
}

function pair([name, value]: [string, string]): string {
  const cell = `${FONT};font-size:14px;line-height:1.45;vertical-align:top`;
  return `<tr><td class="dim" style="${cell};color:${DIM};padding:1px 12px 1px 0">${name}</td><td class="ink" style="${cell};color:${INK};padding:1px 0;overflow-wrap:anywhere;word-break:break-word">${value}</td></tr>`;
}

function mark(severity: Shown): string {
  const { shape, colour, className } = SEVERITIES[severity];
  return `<span class="${className}" style="color:${colour}">${shape}&nbsp;${severity}</span>`;
}

function listed({ heading, lines, more }: Section, budget: { bytes: number }): string {
  const shown: string[] = [];
  for (const line of lines) {
    const html = listedLine(line);
    budget.bytes -= Buffer.byteLength(html);
    if (budget.bytes < 0) break;
    shown.push(html);
  }
  const left = more + lines.length - shown.length;
  return [
    `<p style="margin:14px 0 6px;font-weight:600">${escape(shorten(heading, LONGEST_LINE))}</p>`,
    ...shown,
    left > 0 ? small(`and ${left} more`) : '',
  ].join('');
}

function listedLine({ severity, text, link }: SectionLine): string {
  return `<p style="margin:0 0 8px;font-size:14px;overflow-wrap:anywhere">${mark(severity)} <a href="${escape(link)}" style="color:${INK}">${escape(shorten(text, LONGEST_LINE))}</a></p>`;
}

/** The makers of reports keep them short. */
function tabled({ heading, rows }: FigureTable): string {
  const cell = `${FONT};font-size:14px;line-height:1.45;vertical-align:top;color:${INK};border-top:1px solid #d8dee4`;
  const shown = rows.map(
    ([name, value]) =>
      `<tr><td class="ink line" style="${cell};padding:4px 12px 4px 0;overflow-wrap:anywhere;word-break:break-word">${escape(shorten(name, LONGEST_LINE))}</td><td class="ink line" align="right" style="${cell};padding:4px 0;font-variant-numeric:tabular-nums">${escape(value)}</td></tr>`,
  );
  return [
    `<p style="margin:14px 0 6px;font-weight:600">${escape(shorten(heading, LONGEST_LINE))}</p>`,
    `<table cellpadding="0" cellspacing="0" border="0" width="100%" style="border-collapse:collapse">${shown.join('')}</table>`,
  ].join('');
}

/** Buttons below each other: the thumb finds them, and no program has to lay anything out side by side. */
function offered(actions: readonly Action[]): string {
  if (actions.length === 0) return '';
  const buttons = actions.map(({ label, link }, index) => {
    const isFirst = index === 0;
    const look = isFirst
      ? 'background:#1f5fcc;border:1px solid #1f5fcc'
      : 'background:#ffffff;border:1px solid #c4ccd4';
    return `<tr><td class="btn${isFirst ? ' go' : ''}" align="center" style="${look};border-radius:6px"><a href="${escape(link)}" style="display:block;padding:11px 14px;${FONT};font-size:15px;font-weight:600;color:${isFirst ? '#ffffff' : INK};text-decoration:none">${escape(label)}</a></td></tr><tr><td style="height:8px;line-height:8px;font-size:8px">&nbsp;</td></tr>`;
  });
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:14px 0 0">${buttons.join('')}</table>`;
}

function multiline(text: string): string {
  return escape(text).replaceAll('\n', '<br>');
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  // Control characters are no text; a bidirectional override would let a title rewrite what stands beside it.
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, ' ')
    .replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter);
}
