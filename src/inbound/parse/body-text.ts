/** The text that people and triage read: the text part, or the HTML part told as text. */
import { compile } from 'html-to-text';

/**
 * Triage reads the head and the tail of longer texts: a log of 30 MB is attached by accident, its subject line,
 * first screens and the tags at its end say all there is. Keeps one mail from costing seconds.
 */
const LONGEST_HEAD = 192 * 1024;
const LONGEST_TAIL = 64 * 1024;

/** HTML above this is cut before it is converted: conversion builds a tree many times its size. */
const LONGEST_HTML = 2 * 1024 * 1024;

export function bodyText(text: string | undefined, html: string | false | undefined): string {
  const plain = text?.trim() ? text : html ? htmlToText(html) : '';
  return shorten(plain);
}

/** Table cells of one row stay on one line, so that "Host | db1" can be read as a pair. Compiled once: that is half the work. */
const convert = compile({
  wordwrap: false,
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>'] } },
    { selector: 'img', format: 'skip' },
    { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
  limits: { maxDepth: 60, maxChildNodes: 20_000, ellipsis: '…' },
});

function htmlToText(html: string): string {
  return convert(html.slice(0, LONGEST_HTML));
}

function shorten(text: string): string {
  if (text.length <= LONGEST_HEAD + LONGEST_TAIL) return text;
  const left = text.length - LONGEST_HEAD - LONGEST_TAIL;
  const note = `\n[… ${left} characters left out …]\n`;
  return text.slice(0, LONGEST_HEAD) + note + text.slice(-LONGEST_TAIL);
}
