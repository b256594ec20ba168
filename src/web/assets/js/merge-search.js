// Finds the event to merge into: the work list itself answers, by number or words.

import { parse } from './live.js';

const MOST_SHOWN = 8;
const PAUSE_MS = 200;

let turn = 0;

export async function searchEvents(field, row) {
  const mine = (turn += 1);
  const panel = field.closest('[data-panel]');
  const text = field.value.trim();
  if (!text) {
    show(panel, [], 'Type a number or words of the other event.');
    return;
  }
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  if (mine !== turn) return;
  const query = new URLSearchParams({ state: 'open', interest: 'all', kind: 'FAILED', q: text });
  const page = parse(await (await fetch(`/events?${query}`)).text());
  // Somebody types faster than the server answers.
  if (mine !== turn) return;
  const found = [...page.querySelectorAll('tr[data-event]')].filter(
    ({ dataset }) => dataset.event !== row.dataset.event,
  );
  show(panel, found.slice(0, MOST_SHOWN), 'No open event matches.');
}

function show(panel, found, otherwise) {
  panel.querySelector('[data-found]').replaceChildren(...found.map(asItem));
  const none = panel.querySelector('[data-none]');
  none.hidden = found.length > 0;
  none.textContent = otherwise;
}

function asItem(row) {
  const item = Object.assign(document.createElement('button'), { type: 'button', tabIndex: -1 });
  item.setAttribute('role', 'menuitem');
  item.dataset.verb = 'merge';
  item.dataset.into = row.dataset.event;
  const number = Object.assign(document.createElement('span'), {
    className: 'dim',
    textContent: `#${row.dataset.number}`,
  });
  const title = Object.assign(document.createElement('span'), {
    className: 'cut',
    textContent: row.querySelector('.c-subject a').textContent,
  });
  item.append(title, number);
  return item;
}
