// The menu of a row: by right-click, the row's button, or Shift+F10. One menu serves all rows; "Assign to…" and its
// like show a further panel in its place.

import { goTo, here, rows } from './list.js';
import { searchEvents } from './merge-search.js';
import { hasSelection, selected } from './selection.js';
import { inMinutes, perform } from './verbs.js';

const place = () => document.getElementById('row-menu');
const isOpen = () => Boolean(place()?.matches(':popover-open'));

let row = null;
// A menu of a ticked row, or without a row of its own, speaks of all that are ticked.
let meansSelection = false;

export function tendMenu() {
  if (!place()) return;
  document.addEventListener('contextmenu', openByPointer);
  document.addEventListener('click', onClick);
  document.addEventListener('pointerdown', ({ target }) => {
    if (isOpen() && !place().contains(target)) close();
  });
  document.addEventListener('submit', openByBar);
  place().addEventListener('keydown', onKey);
  place().addEventListener('input', onInput);
}

function openByPointer(event) {
  const target = event.target.closest?.('#list tr[data-event]');
  if (!target || event.shiftKey) return;
  event.preventDefault();
  // The keyboard's own way to here is answered by openMenu already.
  if (isOpen() && row === target && event.button !== 2) return;
  openMenu(target, 'main', { x: event.clientX, y: event.clientY });
}

function openByBar(event) {
  const panel = event.submitter?.dataset.panel;
  if (!panel) return;
  event.preventDefault();
  openMenu(null, panel, below(event.submitter));
}

function onClick({ target }) {
  const button = target.closest?.('#list [data-menu]');
  if (button) {
    openMenu(button.closest('tr'), 'main', below(button));
    return;
  }
  const item = target.closest?.('#row-menu [role=menuitem]');
  if (item) choose(item);
}

function below(element) {
  const { left, bottom } = element.getBoundingClientRect();
  return { x: left, y: bottom };
}

// @param target a row, or null for those that are ticked
// @param point where, in the window; without one beside the row's subject
export function openMenu(target, panel = 'main', point) {
  if (!place()?.querySelector(`[data-panel=${panel}]`)) return;
  row = target ?? selected()[0] ?? here() ?? rows()[0];
  meansSelection = hasSelection() && (!target || selected().includes(target));
  goTo(row, { focus: false });
  fit(row);
  if (!isOpen()) place().showPopover();
  showPanel(panel);
  moveTo(point ?? below(row.querySelector('.c-subject')));
}

// Which items make sense for the row.
function fit({ dataset }) {
  for (const item of place().querySelectorAll('[data-when]')) {
    item.hidden = !item.dataset.when.split(' ').includes(dataset.state);
  }
  place().querySelector('[data-link]').href = `/events/${dataset.event}`;
}

function showPanel(name) {
  for (const panel of place().querySelectorAll('[data-panel]')) panel.hidden = panel.dataset.panel !== name;
  const panel = place().querySelector(`[data-panel=${name}]`);
  const field = panel.querySelector('input');
  if (field) {
    field.value = '';
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  (field ?? items()[0])?.focus();
}

function moveTo({ x, y }) {
  const { offsetWidth, offsetHeight, style } = place();
  const within = (at, size, limit) => Math.max(8, Math.min(at, limit - size - 8));
  style.setProperty('--x', `${within(x, offsetWidth, window.innerWidth)}px`);
  style.setProperty('--y', `${within(y, offsetHeight, window.innerHeight)}px`);
}

function close() {
  if (!isOpen()) return;
  place().hidePopover();
  goTo(row);
}

function items() {
  return [...place().querySelectorAll('[data-panel]:not([hidden]) [role=menuitem]:not([hidden])')];
}

function onKey(event) {
  const all = items();
  const at = all.indexOf(document.activeElement);
  const steps = {
    ArrowDown: () => all[(at + 1) % all.length]?.focus(),
    ArrowUp: () => all[(at + all.length - (at < 0 ? 0 : 1)) % all.length]?.focus(),
    Home: () => all[0]?.focus(),
    End: () => all.at(-1)?.focus(),
    Escape: close,
    Tab: close,
    Enter: () => (at < 0 ? all[0] && choose(all[0]) : all[at].click()),
    ' ': () => all[at].click(),
  };
  const isTyping = document.activeElement.matches('input') && [' ', 'Home', 'End'].includes(event.key);
  if (isTyping) return;
  if (Object.hasOwn(steps, event.key)) {
    event.preventDefault();
    event.stopPropagation();
    steps[event.key]();
  } else if (at >= 0 && event.key.length === 1) {
    event.stopPropagation();
    byLetter(all, at, event.key)?.focus();
  }
}

// The next item that begins with the letter.
function byLetter(all, at, letter) {
  const later = [...all.slice(at + 1), ...all.slice(0, at + 1)];
  return later.find((item) => item.textContent.trim().toLowerCase().startsWith(letter.toLowerCase()));
}

function onInput({ target }) {
  if (target.matches('[data-filter]')) filterPeople(target.value);
  if (target.matches('[data-search]')) void searchEvents(target, row);
}

function filterPeople(text) {
  const wanted = text.trim().toLowerCase();
  const panel = place().querySelector('[data-panel=assign]');
  const people = [...panel.querySelectorAll('[data-text]')];
  for (const person of people) person.hidden = !person.dataset.text.toLowerCase().includes(wanted);
  panel.querySelector('[data-none]').hidden = people.some(({ hidden }) => !hidden);
}

function choose({ dataset }) {
  if (dataset.open) {
    showPanel(dataset.open);
    return;
  }
  const target = row;
  close();
  if ('copy' in dataset) void copyLink(target);
  if (!dataset.verb) return;
  const fields = { user: dataset.user, into: dataset.into };
  if (dataset.minutes) fields.until = inMinutes(Number(dataset.minutes));
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  void perform(dataset.verb, meansSelection ? null : target, Object.fromEntries(given));
}

async function copyLink({ dataset }) {
  await navigator.clipboard?.writeText(new URL(`/events/${dataset.event}`, location.href).href);
}
