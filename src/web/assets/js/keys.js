// Keys: one letter each, never while somebody types, and none with Ctrl, Alt or Meta. `?` shows them.

import { here, rows, step } from './list.js';
import { openMenu } from './menu.js';
import { hasSelection, toggle } from './selection.js';
import { perform } from './verbs.js';

const PLACES = { d: '/', e: '/events', u: '/unclassified', s: '/schedules', r: '/reports' };
// `g` waits this long for its second letter.
const PAUSE_MS = 1500;

const onSelectionOr = (action) => () => {
  if (hasSelection()) return action(null);
  return here() ? action(here()) : step(1);
};

// A verb that needs no more words.
const does = (verb) => onSelectionOr((row) => void perform(verb, row));
// A verb that asks for more in its panel.
const asks = (panel) => onSelectionOr((row) => openMenu(row, panel));

const LIST_KEYS = {
  j: () => step(1),
  k: () => step(-1),
  x: () => here() && toggle(here()),
  c: does('claim'),
  a: asks('assign'),
  s: asks('snooze'),
  d: does('complete'),
  m: () => (hasSelection() ? does('merge')() : asks('merge')()),
  n: does('noise'),
  ContextMenu: () => here() && openMenu(here()),
};

const EVERYWHERE = {
  '/': () => document.querySelector('.topbar [name=q]')?.focus(),
  '?': () => document.getElementById('keys-help')?.showModal(),
};

let isGoing = false;

export function listenToKeys() {
  document.addEventListener('keydown', onKey);
  document.addEventListener('click', ({ target }) => {
    const opener = target.closest?.('[data-show]');
    if (opener) document.getElementById(opener.dataset.show).showModal();
  });
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || isBusy(event.target))
    return;
  if (event.shiftKey && event.key === 'F10') {
    if (here()) run(event, LIST_KEYS.ContextMenu);
    return;
  }
  if (isGoing && Object.hasOwn(PLACES, event.key)) {
    run(event, () => location.assign(PLACES[event.key]));
    return;
  }
  isGoing = event.key === 'g';
  if (isGoing) setTimeout(() => (isGoing = false), PAUSE_MS);
  const action = actionOf(event);
  if (action) run(event, action);
}

// Where keys mean something else: fields, open dialogs and menus.
function isBusy(target) {
  const isField = target.matches?.('input:not([type=checkbox]), select, textarea, [contenteditable]');
  return isField || Boolean(document.querySelector('dialog[open], :popover-open'));
}

function actionOf({ key, target }) {
  // On the row itself; on a link or button Enter does what it always does.
  if (key === 'Enter' && target === here()) return () => here().querySelector('.c-subject a').click();
  if (rows().length > 0 && Object.hasOwn(LIST_KEYS, key)) return LIST_KEYS[key];
  return Object.hasOwn(EVERYWHERE, key) ? EVERYWHERE[key] : buttonFor(key);
}

const VERBS = { c: 'claim', a: 'assign', s: 'snooze', d: 'complete', m: 'merge', n: 'noise', p: 'split' };

// The page of one event has a button for each verb.
function buttonFor(key) {
  const button = document.querySelector(`#main :is(.acts, form) [data-verb=${VERBS[key] ?? 'none'}]`);
  return button && (() => button.click());
}

function run(event, action) {
  event.preventDefault();
  isGoing = false;
  action();
}
