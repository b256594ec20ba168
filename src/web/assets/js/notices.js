// What has been done, or why not: the notice of an answered page, shown on this one; and words for screen readers.

export function showNoticeOf(page) {
  const notice = page.querySelector('#notices .notice') ?? page.querySelector('#main .notice');
  document.getElementById('notices').replaceChildren(...(notice ? [notice] : []));
}

export function showProblem(message) {
  const notice = Object.assign(document.createElement('div'), { className: 'notice is-bad' });
  notice.setAttribute('role', 'alert');
  notice.append(Object.assign(document.createElement('p'), { textContent: message }));
  document.getElementById('notices').replaceChildren(notice);
}

// Read out, not shown.
export function say(words) {
  let voice = document.getElementById('voice');
  if (!voice) {
    voice = Object.assign(document.createElement('p'), { id: 'voice', className: 'vh' });
    voice.setAttribute('role', 'status');
    document.body.append(voice);
  }
  if (voice.textContent !== words) voice.textContent = words;
}
