// What the reader sees: the stanzas as they come, where the reading is, and what is wrong when something is.
// How the stanzas come is connection.js's matter.

window.readingPage = (() => {
  'use strict';

  var element = (id) => document.getElementById(id);
  var canto = element('canto');
  var stanzas = 0;
  var lines = 0;
  var following = true;
  var scrolled = 0;

  /** How many stanzas stand on the page. */
  function count() {
    return stanzas;
  }

  function add(texts) {
    var stanza = document.createElement('li');
    texts.forEach((text, at) => {
      var line = document.createElement('span');
      line.className = 'line';
      line.textContent = text;
      lines += 1;
      if (lines % 3 === 0) line.dataset.number = lines;
      // Copied and read aloud, each line stays a line.
      if (at > 0) stanza.append('\n');
      stanza.append(line);
    });
    canto.append(stanza);
    stanzas += 1;
    element('place').hidden = false;
    element('place').textContent = `Line ${lines} of 136`;
    element('progress').style.transform = `scaleX(${lines / 136})`;
    if (following) follow();
    else element('latest').hidden = false;
  }

  function end() {
    element('end').hidden = false;
    element('end').textContent = 'The end of the first canto';
    show('ended', 'Complete');
    if (following) follow();
  }

  function connected(transport) {
    element('trouble').hidden = true;
    show('connected', 'Connected');
    element('transport').textContent = { websocket: 'WebSocket', polling: 'HTTP polling' }[transport] || transport;
    element('transport').dataset.name = transport;
    element('transport').hidden = false;
  }

  function connecting() {
    if (stanzas === 0) show('connecting', 'Connecting…');
    else show('reconnecting', 'Connection lost, reconnecting…');
  }

  /** It will not come to anything by itself. */
  function fail(what, why) {
    show('failed', 'Not connected');
    explain(what, why);
  }

  function explain(what, why) {
    var trouble = element('trouble');
    if (!trouble.hidden && trouble.dataset.why === why) return;
    var head = document.createElement('strong');
    var body = document.createElement('p');
    head.textContent = what;
    body.textContent = why;
    trouble.dataset.why = why;
    trouble.replaceChildren(head, body);
    trouble.hidden = false;
  }

  function show(state, text) {
    document.body.dataset.state = state;
    if (element('state').textContent !== text) element('state').textContent = text;
    if (state !== 'connected') element('transport').hidden = true;
  }

  // The page follows the verse until the reader scrolls up, and again from when the reader is back at its end.
  function atBottom() {
    return window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 80;
  }
  function follow() {
    following = true;
    element('latest').hidden = true;
    window.scrollTo({ top: document.documentElement.scrollHeight });
  }
  element('latest').addEventListener('click', follow);
  addEventListener(
    'scroll',
    () => {
      if (atBottom()) following = true;
      else if (window.scrollY < scrolled) following = false;
      scrolled = window.scrollY;
      if (following) element('latest').hidden = true;
    },
    { passive: true },
  );

  return {
    count: count,
    add: add,
    end: end,
    connected: connected,
    connecting: connecting,
    fail: fail,
    explain: explain,
  };
})();
