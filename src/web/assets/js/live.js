// Fetches the page again when the server says that something has changed, and puts the marked parts in place.
// Parts are elements with an id and `data-live`; nothing else moves, least of all under the pointer.

const POLL_MS = 15_000;

export function keepLive() {
  if (!document.querySelector('[data-live]')) return;
  const source = new EventSource('/live');
  let isFetching = false;
  let timer = 0;

  async function refresh() {
    if (isFetching || document.hidden) return;
    isFetching = true;
    try {
      const response = await fetch(location.href, { headers: { accept: 'text/html' } });
      if (response.ok && !response.redirected) replaceParts(await response.text());
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
  // Relative times grow older, and a proxy may swallow events.
  setInterval(refresh, POLL_MS);
}

function replaceParts(html) {
  const fresh = new DOMParser().parseFromString(html, 'text/html');
  document.title = fresh.title;
  for (const part of document.querySelectorAll('[data-live][id]')) {
    const next = fresh.getElementById(part.id);
    if (next && next.innerHTML !== part.innerHTML) part.replaceWith(document.adoptNode(next));
  }
  document.dispatchEvent(new CustomEvent('datamer:fresh', { detail: fresh }));
}
