// Loads a mail when it is opened in the list of an event, and changes between its views in place. Without this the
// same links lead to the mail's own page.
import { parse } from './live.js';

export function openMailsInPlace() {
  // `toggle` does not bubble.
  document.addEventListener(
    'toggle',
    ({ target }) => {
      const path = target.open && target.dataset?.mail;
      if (path && !target.querySelector('[data-card] dl')) show(target, path);
    },
    true,
  );
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('details[data-mail] .tabs a');
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link.closest('details'), link.href);
  });
}

async function show(mail, path) {
  const shown = mail.querySelector('[data-card]');
  const place = [...shown.querySelectorAll('.tabs a')].indexOf(document.activeElement);
  try {
    const response = await fetch(path, { headers: { accept: 'text/html', 'x-live': '1' } });
    const card = response.ok && parse(await response.text()).querySelector('[data-card]');
    if (!card) throw new Error('no mail');
    comeBackHere(card);
    shown.replaceWith(card);
    card.querySelectorAll('.tabs a')[place]?.focus();
  } catch {
    location.assign(path);
  }
}

// What is put right here is looked at here, not on the mail's own page.
function comeBackHere(card) {
  for (const form of card.querySelectorAll('form')) {
    const next = document.createElement('input');
    Object.assign(next, { type: 'hidden', name: '_next', value: location.pathname + location.search });
    form.append(next);
  }
}
