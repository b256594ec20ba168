/** One mail opened: who wrote it and when it came, its text, HTML, headers or source, and how it was read. */
import type { MailOrigin } from '../../inbound/mails.ts';
import type { Joined } from '../../events/event.ts';
import { firstField, headerFields, splitMail } from '../../inbound/parse/header-block.ts';
import { decodeHeader } from '../../inbound/parse/decode-header.ts';
import { showHeaders, showSource } from '../../inbound/parse/shown-source.ts';
import type { ListedMse } from '../../triage/list-mses.ts';
import { readTags } from '../../triage/tags/grammar.ts';
import type { Flash } from '../session.ts';
import { presentFindings } from './findings.ts';
import { presentSize } from './number.ts';
import { presentJoined } from './signals.ts';
import { presentTime } from './time.ts';

export const MAIL_VIEWS = ['text', 'html', 'headers', 'raw'] as const;
export type MailView = (typeof MAIL_VIEWS)[number];

export interface OpenedMail {
  mse: ListedMse;
  origin: MailOrigin;
  raw: Buffer;
  text: string;
  /** Why its signal was put to the others of its event. */
  joined: Joined | null;
}

export interface CardOptions {
  view: MailView;
  flash: Flash | null;
  now: Date;
  timeZone: string;
  mayWork: boolean;
  /** Its headers and its quoted text act in somebody else's name. */
  hidesSource: boolean;
}

/** A page stays light; whoever wants all of it takes the source. */
const LONGEST_TEXT = 30_000;
const LONGEST_SOURCE = 64 * 1024;

const DOORS = { imap: 'IMAP', smtp: 'SMTP', lmtp: 'LMTP', import: 'import' } as const;

export function presentMailCard(
  { mse, origin, raw, text, joined }: OpenedMail,
  { view, flash, now, timeZone, mayWork, hidesSource }: CardOptions,
) {
  const path = `/mses/${mse.id}`;
  const { header } = splitMail(raw);
  return {
    id: mse.id,
    path,
    subject: mse.subject || null,
    from: mse.fromName ? `${mse.fromName} <${mse.fromAddress}>` : mse.fromAddress || null,
    to: hidesSource ? null : decodeHeader(firstField(headerFields(header), 'to') ?? '') || null,
    received: presentTime(mse.receivedAt, now, timeZone),
    sent: presentTime(mse.sentAt, now, timeZone),
    door: DOORS[origin.door],
    messageId: mse.messageId,
    tabs: presentTabs(view, origin).filter(({ name }) => !hidesSource || name === 'text'),
    hidesSource,
    view,
    text: view === 'text' ? markTags(text.slice(0, LONGEST_TEXT)) : null,
    headers: view === 'headers' ? showHeaders(raw) : null,
    source: view === 'raw' ? showSource(raw, LONGEST_SOURCE) : null,
    isCut: (view === 'text' && text.length > LONGEST_TEXT) || (view === 'raw' && raw.length > LONGEST_SOURCE),
    size: presentSize(origin.size),
    lint: mse.lint,
    findings: presentFindings(mse, flash),
    joined: presentJoined(joined),
    eventHref: `/events/${mse.eventId}`,
    mayWork,
  };
}

export function presentTabs(view: MailView | null, origin: MailOrigin | null) {
  const words = { text: 'Text', html: 'HTML', headers: 'Headers', raw: 'Raw' };
  return MAIL_VIEWS.map((name) => ({
    word: words[name],
    name,
    isCurrent: name === view,
    count: name === 'raw' && origin ? presentSize(origin.size) : null,
  }));
}

export interface TextPiece {
  text: string;
  isTag: boolean;
}

/** Tags stand out in the text, as they were read. */
function markTags(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let from = 0;
  for (const [start, end] of readTags(text).spans) {
    pieces.push(
      { text: text.slice(from, start), isTag: false },
      { text: text.slice(start, end), isTag: true },
    );
    from = end;
  }
  return [...pieces, { text: text.slice(from), isTag: false }];
}
