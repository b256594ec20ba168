/**
 * A mail's HTML as a document of its own, for a sandboxed frame. Its policy allows nothing to run and nothing to be
 * loaded, whatever the sanitiser might have let through; each link shows where it leads.
 */
import { makeSafe } from '../../inbound/parse/safe-html.ts';
import type { Document } from '../page.ts';

/** White in both colour schemes: mails are written for paper. */
const STYLE = `
  :root { color-scheme: light; }
  body { margin: 12px; font: 14px/1.4 system-ui, sans-serif; color: #1b1d22; background: #fff; overflow-wrap: anywhere; }
  img, table { max-width: 100%; }
  pre { white-space: pre-wrap; }
  a { color: #3a3fb5; }
  a[href]::after { content: ' ‹' attr(href) '›'; font-size: 12px; color: #555b66; text-decoration: none; display: inline; }
  .blocked { padding: 0 4px; border: 1px dashed #8a8f99; color: #555b66; font-size: 12px; }
  .note { margin: 0 0 12px; padding: 6px 10px; border: 1px solid #c9ccd3; border-radius: 6px; color: #4a4f59; font-size: 13px; }
`;

const POLICY = [
  "default-src 'none'",
  'img-src data:',
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  // Links open in a tab of their own; nothing else is allowed.
  'sandbox allow-popups allow-popups-to-escape-sandbox',
].join('; ');

export function presentMailFrame(html: string | null): Document {
  const { body, note } = html === null ? { body: '', note: 'This mail has no HTML part.' } : frameOf(html);
  const shownNote = note ? `<p class="note">${note}</p>` : '';
  return {
    html: `<!doctype html><html lang="und"><head><meta charset="utf-8"><title>Mail</title><style>${STYLE}</style></head><body>${shownNote}${body}</body></html>`,
    headers: { 'Content-Security-Policy': POLICY, 'Referrer-Policy': 'no-referrer' },
  };
}

function frameOf(html: string): { body: string; note: string | null } {
  const { html: body, blockedImages } = makeSafe(html);
  const pictures = blockedImages === 1 ? '1 remote picture is' : `${blockedImages} remote pictures are`;
  return {
    body,
    note: blockedImages > 0 ? `${pictures} not loaded: loading would tell the sender who reads this.` : null,
  };
}
