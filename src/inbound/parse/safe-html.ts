/**
 * A mail's HTML made safe to look at: no script, no form, no style sheet, nothing that loads from elsewhere. What is
 * allowed is listed, everything else goes. The frame that shows it has a policy of its own behind this.
 */
import sanitizeHtml from 'sanitize-html';

export interface SafeHtml {
  html: string;
  /** Pictures that would have been loaded from elsewhere: they tell the sender who reads, when and where. */
  blockedImages: number;
}

/** The tree is many times the text; what is longer is a log by accident. */
const LONGEST_HTML = 2 * 1024 * 1024;
/** Nobody nests tables this deep; a tree of 100,000 levels would exhaust the browser. */
const DEEPEST = 100;

export function makeSafe(html: string): SafeHtml {
  let blockedImages = 0;
  const safe = sanitizeHtml(cutAtDepth(html.slice(0, LONGEST_HTML)), {
    ...ALLOWED,
    transformTags: {
      a: (tagName, { href = '' }) => ({ tagName, attribs: OUTWARD.test(href) ? outward(href) : {} }),
      img: (tagName, attribs) => {
        if (EMBEDDED_PICTURE.test(attribs['src'] ?? '')) return { tagName, attribs };
        blockedImages += 1;
        const name = attribs['alt']?.trim();
        return {
          tagName: 'span',
          attribs: { class: 'blocked' },
          text: name ? `[picture: ${name}]` : '[picture]',
        };
      },
    },
  });
  return { html: safe, blockedImages };
}

/**
 * The parser's time grows with the square of the depth: 400,000 open elements, which is one mail, would hold the
 * process for a minute. Elements that close by themselves count too, so the limit is far above any real mail.
 */
function cutAtDepth(html: string): string {
  let depth = 0;
  for (const { 1: slash, index } of html.matchAll(/<(\/?)(?!br\b|hr\b|img\b)[a-z]/gi)) {
    depth += slash ? -1 : 1;
    if (depth > MOST_OPEN_ELEMENTS) return html.slice(0, index);
  }
  return html;
}

const MOST_OPEN_ELEMENTS = 20_000;

/** A path without a host would lead into DaTamer itself. */
const OUTWARD = /^(https?:|mailto:)/i;

function outward(href: string): sanitizeHtml.Attributes {
  return { href, target: '_blank', rel: 'noopener noreferrer' };
}

/** Not SVG: it is a document, not a picture. */
const EMBEDDED_PICTURE = /^data:image\/(png|gif|jpeg|webp);base64,[a-z0-9+/=\s]+$/i;

const COLOUR = [/^#[0-9a-f]{3,8}$/i, /^rgba?\([\d\s.,%]+\)$/i, /^[a-z]+$/i];
const LENGTHS = [/^(-?[\d.]+(px|em|rem|pt|%)?|auto)(\s+(-?[\d.]+(px|em|rem|pt|%)?|auto)){0,3}$/i];
const WORD = [/^[a-z-]+$/i];
const BORDER = [/^[a-z0-9#.\s]+$/i];

/** A box that leaves its place could lie over what is ours, so nothing positions. */
const ALLOWED: sanitizeHtml.IOptions = {
  allowedTags: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'div', 'span', 'br', 'hr', 'center', 'blockquote', 'pre'],
    ...[
      'b',
      'strong',
      'i',
      'em',
      'u',
      's',
      'small',
      'sub',
      'sup',
      'code',
      'tt',
      'kbd',
      'samp',
      'mark',
      'font',
    ],
    ...['ul', 'ol', 'li', 'dl', 'dt', 'dd', 'a', 'img'],
    ...['table', 'caption', 'colgroup', 'col', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'],
  ],
  nonTextTags: [
    ...[
      'script',
      'style',
      'title',
      'head',
      'textarea',
      'select',
      'option',
      'noscript',
      'noembed',
      'noframes',
    ],
    ...['svg', 'math', 'template', 'iframe', 'object', 'xmp', 'plaintext', 'audio', 'video'],
  ],
  allowedAttributes: {
    '*': ['style', 'align', 'valign', 'bgcolor', 'dir', 'lang'],
    a: ['href', 'target', 'rel'],
    img: ['src', 'alt', 'width', 'height'],
    span: ['class'],
    font: ['color', 'size', 'face'],
    table: ['width', 'border', 'cellpadding', 'cellspacing'],
    col: ['span', 'width'],
    ...Object.fromEntries(['td', 'th'].map((cell) => [cell, ['colspan', 'rowspan', 'width', 'height']])),
  },
  allowedClasses: { span: ['blocked'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowedSchemesByTag: { img: ['data'] },
  allowProtocolRelative: false,
  allowedStyles: {
    '*': {
      ...Object.fromEntries(
        ['color', 'background', 'background-color', 'border-color'].map((one) => [one, COLOUR]),
      ),
      ...Object.fromEntries(
        ['padding', 'margin', 'width', 'max-width', 'font-size'].map((one) => [one, LENGTHS]),
      ),
      ...Object.fromEntries(
        ['text-align', 'vertical-align', 'font-style', 'white-space'].map((one) => [one, WORD]),
      ),
      ...Object.fromEntries(
        ['border', 'border-top', 'border-bottom', 'border-left'].map((one) => [one, BORDER]),
      ),
      'font-weight': [/^(bold|normal|\d{3})$/],
      'font-family': [/^[a-z0-9 ,'"-]+$/i],
    },
  },
  nestingLimit: DEEPEST,
};
