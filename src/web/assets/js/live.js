// Fetches the page again when the server says that something has changed, and puts the marked parts in place.
// Parts are elements with an id and `data-live`; nothing else moves, least of all under the pointer.

const POLL_MS = 15_000;

export function keepLive() {
  if (!document.querySelector('[data-live]')) return;
  const source = new EventSource('/live');
  let isFetching = false;
  let isStale = false;
  let timer = 0;

  async function refresh() {
    if (document.hidden) return;
    isStale = true;
    if (isFetching) return;
    isFetching = true;
    try {
      // What changes while the answer is on its way is not in it.
      while (isStale) {
        isStale = false;
        await fetchAgain();
      }
    } catch {
      // Offline: the next turn tries again.
    } finally {
      isFetching = false;
    }
  }

  // Several changes within a moment are one.
  function soon() {
    clearTimeout(timer);
    timer = setTimeout(refresh, 300);
  }

  source.addEventListener('changed', soon);
  document.addEventListener('visibilitychange', soon);
  // A refused form: the page shows something that is no longer so.
  document.addEventListener('datamer:stale', soon);
  // Relative times grow older, and a proxy may swallow events.
  setInterval(refresh, POLL_MS);
}

async function fetchAgain() {
  const response = await fetch(location.href, { headers: { accept: 'text/html', 'x-live': '1' } });
  if (response.ok && !response.redirected) showFresh(parse(await response.text()));
}

export function parse(html) {
  return new DOMParser().parseFromString(html, 'text/html');
}

// Puts the live parts of a newer copy of this page in place, and tells whoever tends other parts.
export function showFresh(fresh) {
  document.title = fresh.title;
  replaceIcon(fresh);
  for (const part of document.querySelectorAll('[data-live][id]')) {
    const next = fresh.getElementById(part.id);
    if (next && next.innerHTML !== part.innerHTML) replacePart(part, next);
  }
  document.dispatchEvent(new CustomEvent('datamer:fresh', { detail: fresh }));
}

function replaceIcon(fresh) {
  const [shown, next] = [document, fresh].map((page) => page.querySelector('link[rel=icon]'));
  if (next && shown.getAttribute('href') !== next.getAttribute('href')) shown.replaceWith(next);
}

// What somebody is using stays, and so does the focus.
function replacePart(part, next) {
  if (isInUse(part)) return;
  const place = focusables(part).indexOf(document.activeElement);
  part.replaceWith(next);
  if (place >= 0) focusables(next)[place]?.focus({ preventScroll: true });
}

function isInUse(part) {
  if (part.querySelector(':popover-open, details[open], :is(input, textarea):focus')) return true;
  return [...part.querySelectorAll('input, textarea')].some(
    (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked,
  );
}

function focusables(part) {
  return [...part.querySelectorAll('a, button, input, select, textarea')];
}
