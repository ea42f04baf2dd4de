// What people see: messages and notes, and what is wrong when something is. client.js sends and receives them.

window.chatPage = (() => {
  const element = (id) => document.getElementById(id);
  const log = element('log');
  const lines = element('lines');
  let atEnd = true; // Otherwise the person has scrolled up, and the view stays.

  /** A line with a person's text, and room for details about it. */
  function lineOf(text, className) {
    const line = document.createElement('li');
    const words = document.createElement('span');
    const details = document.createElement('span');
    line.className = className;
    details.className = 'about';
    words.dir = 'auto';
    words.textContent = text; // Never innerHTML: the text comes from other people.
    line.append(words, details);
    return line;
  }

  function about(line, ...content) {
    line.querySelector('.about').replaceChildren(...content);
  }

  function timeOf(at) {
    return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  }

  /** Puts a line after the others; `always` also scrolls there. */
  function append(line, always) {
    if (lines.lastChild !== line) lines.append(line); // Screen readers read a line again when it is appended again.
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

  /** The connection has failed for good. */
  function fail(what, why) {
    show('failed', 'Not connected');
    explain(what, why);
  }

  /**
   * Several attempts to connect have failed: asks for the page again, and explains what the answer shows.
   * `path` is where the connection goes, `message` what the browser says about it; `was` is true when there was a connection before.
   */
  function unreachable({ path, message, isWebSocket, was }) {
    fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(5000) }).then(
      ({ status }) => explainLater(...reasonFor({ status, path, message, isWebSocket, was })),
      () =>
        explainLater(
          'The server does not answer; still trying.',
          navigator.onLine ? `There is no answer from ${location.host}.` : 'This device is offline.',
        ),
    );
  }

  function explainLater(what, why) {
    if (document.body.dataset.state !== 'connected') explain(what, why);
  }

  function reasonFor({ status, path, message, isWebSocket, was }) {
    if (status === 503) {
      return [
        'The app is stopped or busy; still trying.',
        'The server answers 503: its application pool is stopped, or full.',
      ];
    }
    if (status >= 500)
      return ['The app does not run; still trying.', `The server answers ${status}; its log says why.`];
    if (status >= 400) return ['The app is not at this address now; still trying.', `The server answers ${status}.`];
    const silent = `${path} does not answer (${message}).`;
    if (was) return ['The connection is lost; still trying.', `The page is there, but ${silent}`];
    return [
      'No connection to the server yet; still trying.',
      isWebSocket
        ? `The WebSocket to ${path} fails (${message}). Behind IIS: is <webSocket enabled="false" /> in web.config, so that upgrades reach node? A proxy on the way may also refuse WebSockets.`
        : silent,
    ];
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

  return { element, lineOf, about, timeOf, append, note, clear, show, fail, unreachable };
})();
