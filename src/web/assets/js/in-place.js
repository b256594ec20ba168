// A button with data-in-place="ID" sends its form without leaving the page: of what comes back only the element with
// that id is taken over, so that everything typed stays, passwords too.

export function sendInPlace() {
  document.addEventListener('submit', (event) => {
    const button = event.submitter;
    const id = button?.dataset.inPlace;
    const part = id && document.getElementById(id);
    if (!part) return;
    event.preventDefault();
    send(event.target, button, part);
  });
}

async function send(form, button, part) {
  button.disabled = true;
  part.setAttribute('aria-busy', 'true');
  try {
    const body = new URLSearchParams(new FormData(form));
    const response = await fetch(button.formAction, { method: 'POST', body });
    const next = new DOMParser().parseFromString(await response.text(), 'text/html').getElementById(part.id);
    if (!next) throw new Error(`answered ${response.status}`);
    part.replaceWith(document.adoptNode(next));
  } catch {
    // Off line, or signed out meanwhile: the plain form says what it is.
    button.removeAttribute('data-in-place');
    button.disabled = false;
    button.click();
  } finally {
    button.disabled = false;
    part.removeAttribute('aria-busy');
  }
}
