// Ticked rows: shift ticks a range, the head's box ticks the page, and the bar at the bottom says how many there are.

import { rows } from './list.js';

const boxOf = (row) => row.querySelector('.c-box input');
const bar = () => document.getElementById('bulk');
const everything = () => document.querySelector('#bulk [name=all]');

let lastTicked = null;

export function selected() {
  return rows().filter((row) => boxOf(row)?.checked);
}

// "All that match" is a selection as well.
export function hasSelection() {
  return selected().length > 0 || Boolean(everything()?.checked);
}

export function toggle(row) {
  const box = boxOf(row);
  if (!box) return;
  box.checked = !box.checked;
  lastTicked = row;
  tell();
}

export function clearSelection() {
  for (const row of selected()) boxOf(row).checked = false;
  if (everything()) everything().checked = false;
  tell();
}

export function tendSelection() {
  if (!bar()) return;
  document.addEventListener('click', ({ target, shiftKey }) => {
    const row = target.closest?.('.c-box input') ? target.closest('tr[data-event]') : null;
    if (!row) return;
    if (shiftKey && lastTicked) tickRange(row, target.checked);
    lastTicked = row;
  });
  document.addEventListener('change', ({ target }) => {
    if (target.matches('[data-select-all]')) for (const row of rows()) boxOf(row).checked = target.checked;
    if (target.closest('.c-box, #bulk')) tell();
  });
  document.addEventListener('reset', (event) => {
    if (event.target !== bar()) return;
    event.preventDefault();
    clearSelection();
  });
  document.addEventListener('datamer:selected', tell);
  tell();
}

function tickRange(row, isTicked) {
  const all = rows();
  const [from, to] = [all.indexOf(lastTicked), all.indexOf(row)].sort((a, b) => a - b);
  if (from >= 0) for (const between of all.slice(from, to + 1)) boxOf(between).checked = isTicked;
}

function tell() {
  const count = selected().length;
  bar().classList.toggle('is-on', hasSelection());
  const words = bar().querySelector('[data-selected]');
  if (words) words.textContent = `${count} selected`;
  const head = document.querySelector('[data-select-all]');
  if (!head) return;
  head.checked = count > 0 && count === rows().length;
  head.indeterminate = count > 0 && count < rows().length;
}
