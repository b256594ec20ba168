// What people do to events: the same plain forms, sent without leaving the page; the answer is the page as it is then.

import { goTo, here, letGo, rows } from './list.js';
import { parse, showFresh } from './live.js';
import { showNoticeOf, showProblem } from './notices.js';
import { clearSelection, selected } from './selection.js';

const MINUTE_MS = 60_000;

const me = () => document.getElementById('list').dataset.me;

export function inMinutes(minutes) {
  return new Date(Date.now() + minutes * MINUTE_MS).toISOString();
}

// Each verb as the form of one event: its path and its fields.
const FORMS = {
  claim: () => ['assignment', { user: me() }],
  assign: ({ user }) => ['assignment', { user }],
  release: () => ['assignment', { user: '' }],
  snooze: ({ until }) => ['snooze', { until }],
  show: () => ['snooze', { until: '' }],
  complete: () => ['completion', {}],
  reopen: () => ['reopening', {}],
  merge: ({ into }) => ['merge', { into }],
  noise: () => ['noise', { noise: 'true' }],
};

// @param row null for those that are ticked
export async function perform(verb, row, fields = {}) {
  if (row) await performOn(row, verb, fields);
  else await performOnSelection(verb, fields);
}

async function performOn(row, verb, fields) {
  const [path, ownFields] = FORMS[verb](fields);
  const { event, version } = row.dataset;
  await send(`/events/${event}/${path}`, { ...ownFields, version }, [row]);
}

async function performOnSelection(verb, fields) {
  const form = new FormData(document.getElementById('bulk'));
  for (const [name, value] of Object.entries({ ...fields, verb })) form.set(name, value);
  const dealtWith = form.has('all') ? rows() : selected();
  if (await send('/events/bulk', form, dealtWith)) clearSelection();
}

// @returns true when it was done, wholly or in part
async function send(action, fields, dealtWith) {
  const next = rowAfter(dealtWith);
  letGo(dealtWith.map(({ dataset }) => dataset.event));
  const page = await post(action, fields);
  if (page?.getElementById('list')) {
    showNoticeOf(page);
    showFresh(page);
    goTo(next?.isConnected ? next : (here() ?? rows()[0]));
    return true;
  }
  // Refused: the page that came says why, and this one shows how things stand.
  if (page) showNoticeOf(page);
  else showProblem('The server cannot be reached. Try again in a moment.');
  letGo([]);
  document.dispatchEvent(new CustomEvent('datamer:stale'));
  return false;
}

async function post(action, fields) {
  try {
    const response = await fetch(action, { method: 'POST', body: new URLSearchParams(fields) });
    return parse(await response.text());
  } catch {
    return null;
  }
}

// The focus goes on to what is still to be done.
function rowAfter(dealtWith) {
  const all = rows();
  const rest = all.slice(all.indexOf(dealtWith.at(-1)) + 1);
  return rest[0] ?? all.filter((row) => !dealtWith.includes(row)).at(-1) ?? dealtWith[0];
}

// The plain forms of the rows, of the bar and of the undo, which work without all this.
export function tendForms() {
  if (!document.getElementById('list')) return;
  document.addEventListener('submit', (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented) return;
    if (form.matches('.thumbs form')) {
      event.preventDefault();
      void send(new URL(form.action).pathname, new FormData(form), [form.closest('tr')]);
    } else if (form.matches('#notices form')) {
      event.preventDefault();
      void send(new URL(form.action).pathname, new FormData(form), []);
    } else if (form.matches('#bulk')) {
      event.preventDefault();
      if (!submitter.dataset.panel) void performOnSelection(submitter.value, {});
    }
  });
}
