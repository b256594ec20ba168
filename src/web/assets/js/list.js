// The work list's rows: which one is here, and how a newer copy of the list comes in. Rows never move by themselves:
// what is new waits behind a bar, what has gone is dimmed, and only what somebody has just dealt with leaves.

import { say } from './notices.js';

const list = () => document.getElementById('list');

export function rows() {
  return [...document.querySelectorAll('#list tbody tr[data-event]')];
}

// The row the keys speak of, if any.
export function here() {
  return document.querySelector('#list tr.is-here');
}

// Roving tabindex: Tab comes to one row only.
export function goTo(row, { focus = true } = {}) {
  if (!row) return;
  for (const other of document.querySelectorAll('#list tr.is-here, #list tr[tabindex="0"]')) {
    other.classList.remove('is-here');
    other.tabIndex = -1;
  }
  row.classList.add('is-here');
  row.tabIndex = 0;
  if (!focus) return;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
}

export function step(by) {
  const all = rows();
  const place = all.indexOf(here());
  goTo(all[place < 0 ? 0 : Math.min(all.length - 1, Math.max(0, place + by))]);
}

// Rows that may leave with the next newer copy, because somebody has just dealt with them.
let leaving = new Set();

export function letGo(ids) {
  leaving = new Set(ids);
}

export function tendList() {
  if (!list()) return;
  const [first] = rows();
  if (first) first.tabIndex = 0;
  document.addEventListener('focusin', ({ target }) => {
    const row = target.closest?.('#list tr[data-event]');
    if (row && row !== here()) goTo(row, { focus: false });
  });
  document.addEventListener('datamer:fresh', ({ detail }) => takeIn(detail));
}

function takeIn(page) {
  const next = page.getElementById('list');
  if (!next) return;
  const dealtWith = leaving;
  leaving = new Set();
  const fresh = new Map([...next.querySelectorAll('tr[data-event]')].map((row) => [row.dataset.event, row]));
  const remaining = rows().filter(({ dataset }) => fresh.has(dataset.event) || !dealtWith.has(dataset.event));
  if (remaining.length === 0) {
    replaceList(page);
    return;
  }
  const isWhole = !next.querySelector('[rel=next]');
  for (const row of rows()) bringUpToDate(row, fresh.get(row.dataset.event), { dealtWith, isWhole });
  const known = new Set(rows().map(({ dataset }) => dataset.event));
  offer([...fresh.keys()].filter((id) => !known.has(id)).length, page);
}

// A row that is missing from a list that goes on has perhaps only moved to the next page.
function bringUpToDate(row, newer, { dealtWith, isWhole }) {
  if (newer) renew(row, newer);
  else if (dealtWith.has(row.dataset.event)) row.remove();
  else row.classList.toggle('is-gone', isWhole);
}

// The row stays the element it is, so that focus and pointer stay where they are.
function renew(row, newer) {
  const isHere = row.classList.contains('is-here');
  const box = row.querySelector('.c-box input');
  const ticked = box?.checked ? box.value : null;
  const focusable = 'a, button, input';
  const place = [...row.querySelectorAll(focusable)].indexOf(document.activeElement);
  row.className = newer.className;
  row.classList.toggle('is-here', isHere);
  for (const name of ['sev', 'version', 'state']) row.dataset[name] = newer.dataset[name];
  row.innerHTML = newer.innerHTML;
  if (place >= 0) row.querySelectorAll(focusable)[place]?.focus({ preventScroll: true });
  if (ticked === null) return;
  // What was ticked is what was seen: somebody else's change since then is told at the end.
  const renewed = row.querySelector('.c-box input');
  renewed.checked = true;
  renewed.value = ticked;
}

function offer(count, page) {
  list().querySelector('.fresh')?.remove();
  if (count === 0) {
    replaceScope(page);
    return;
  }
  const bar = Object.assign(document.createElement('a'), {
    className: 'fresh',
    href: location.href,
    textContent: `${count} new · show`,
  });
  bar.addEventListener('click', (event) => {
    event.preventDefault();
    replaceList(page);
    goTo(rows()[0]);
  });
  list().prepend(bar);
  say(`${count} new`);
}

export function replaceList(page) {
  const next = page.getElementById('list');
  list().replaceWith(next);
  replaceScope(page);
  const [first] = rows();
  if (first) first.tabIndex = 0;
  document.dispatchEvent(new CustomEvent('datamer:selected'));
}

// "All that match" means the list as it is shown.
function replaceScope(page) {
  const [shown, next] = [document, page].map((one) => one.getElementById('bulk-scope'));
  if (!shown || !next || shown.querySelector('[name=all]').checked) return;
  shown.replaceWith(next);
  document.dispatchEvent(new CustomEvent('datamer:selected'));
}
