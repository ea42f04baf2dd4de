// What people see of the chat: messages and notes, and what is wrong when something is. How they come is client.js's matter.

window.chatPage = (() => {
  const element = (id) => document.getElementById(id);
  const log = element('log');
  const lines = element('lines');
  let atEnd = true; // Who has scrolled up to read stays there.

  /** A line with what somebody wrote, and room for what there is to say about it. */
  function lineOf(text, className) {
    const line = document.createElement('li');
    const words = document.createElement('span');
    const details = document.createElement('span');
    line.className = className;
    details.className = 'about';
    words.dir = 'auto';
    words.textContent = text; // Never innerHTML: others wrote this.
    line.append(words, details);
    return line;
  }

  function about(line, ...content) {
    line.querySelector('.about').replaceChildren(...content);
  }

  function timeOf(at) {
    return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  }

  /** Puts a line behind the others; `always` scrolls there, too. */
  function append(line, always) {
    if (lines.lastChild !== line) lines.append(line); // What is put there again is read out again.
    while (lines.children.length > 500) lines.firstChild.remove();
    if (always || atEnd) toEnd();
  }

  function note(text) {
    const line = document.createElement('li');
    line.className = 'note';
    line.textContent = text;
    append(line, false);
  }

  function clear() {
    lines.replaceChildren();
  }

  function toEnd() {
    log.scrollTop = log.scrollHeight;
  }

  log.addEventListener('scroll', () => {
    atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  });
  new ResizeObserver(() => {
    if (atEnd) toEnd();
  }).observe(log);

  function show(state, text) {
    document.body.dataset.state = state;
    if (element('state').textContent !== text) element('state').textContent = text;
  }

  function fail(what, why) {
    show('failed', 'Not connected');
    explain(what, why);
  }

  function explain(what, why) {
    const trouble = element('trouble');
    if (!trouble.hidden && trouble.dataset.why === why) return;
    const head = document.createElement('strong');
    const body = document.createElement('p');
    head.textContent = what;
    body.textContent = why;
    trouble.dataset.why = why;
    trouble.replaceChildren(head, body);
    trouble.hidden = false;
  }

  return { element, lineOf, about, timeOf, append, note, clear, show, fail, explain };
})();
