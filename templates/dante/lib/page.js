// What the reader sees: the stanzas as they come, the place in the poem, and what is wrong when something is.
// connection.js receives the stanzas.

window.readingPage = (() => {
  'use strict';

  var element = (id) => document.getElementById(id);
  var canto = element('canto');
  var stanzas = 0;
  var lines = 0;
  var everConnected = false;

  /** How many stanzas are on the page. */
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
      // Keeps the lines apart when they are copied or read aloud.
      if (at > 0) stanza.append('\n');
      stanza.append(line);
    });
    canto.append(stanza);
    stanzas += 1;
    element('place').hidden = false;
    element('place').textContent = `Line ${lines} of 136`;
    element('progress').style.transform = `scaleX(${lines / 136})`;
    element('follow').hidden = false;
    if (following) follow();
    else showFollowing();
  }

  function end() {
    element('end').hidden = false;
    element('end').textContent = 'The end of the first canto';
    element('trouble').hidden = true;
    show('ended', 'Complete');
    if (following) follow();
    element('follow').hidden = following;
  }

  function connected(transport) {
    everConnected = true;
    element('trouble').hidden = true;
    show('connected', 'Connected');
    element('transport').textContent = { websocket: 'WebSocket', polling: 'HTTP polling' }[transport] || transport;
    element('transport').dataset.name = transport;
    element('transport').hidden = false;
  }

  function connecting() {
    if (everConnected) show('reconnecting', 'Connection lost, reconnecting…');
    else show('connecting', 'Connecting…');
  }

  /** The connection has failed for good. */
  function fail(what, why) {
    show('failed', 'Not connected');
    explain(what, why);
  }

  /**
   * Several attempts to connect have failed: asks for the page again, and explains what the answer shows.
   * `path` is where the connection goes, `message` what the browser says about it.
   */
  function unreachable(path, message, isWebSocket) {
    fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(5000) }).then(
      (answer) => explainLater(reasonFor(answer.status, path, message, isWebSocket)),
      () =>
        explainLater([
          'The server does not answer; still trying.',
          navigator.onLine ? `There is no answer from ${location.host}.` : 'This device is offline.',
        ]),
    );
  }

  function explainLater(reason) {
    var state = document.body.dataset.state;
    if (state === 'connecting' || state === 'reconnecting') explain(reason[0], reason[1]);
  }

  function reasonFor(status, path, message, isWebSocket) {
    if (status === 503) {
      return [
        'The app is stopped or busy; still trying.',
        'The server answers 503: its application pool is stopped, or full.',
      ];
    }
    if (status >= 500)
      return ['The app does not run; still trying.', `The server answers ${status}; its log says why.`];
    if (status >= 400) return ['The app is not at this address now; still trying.', `The server answers ${status}.`];
    if (everConnected) {
      return ['The connection is lost; still trying.', `The page is there, but ${path} does not answer (${message}).`];
    }
    return [
      'No connection to the server yet; still trying.',
      isWebSocket
        ? `The WebSocket to ${path} fails (${message}). Behind IIS: is <webSocket enabled="false" /> in web.config, so that upgrades reach node? A proxy on the way may also refuse WebSockets.`
        : `${path} does not answer (${message}).`,
    ];
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

  // The page follows the verse until the reader scrolls up or chooses to stay. After scrolling up it follows again when the
  // reader is back at the end; after the choice to stay only the button ends that.
  var following = true;
  var staying = false;
  var seen = 0; // Lines on the page when it stopped following.
  var scrolled = 0;

  function atEnd() {
    return window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 80;
  }

  function setFollowing(value) {
    if (following === value) return;
    following = value;
    seen = lines;
    showFollowing();
  }

  function showFollowing() {
    var unseen = lines - seen;
    element('follow').textContent = following ? 'Stay here' : unseen > 0 ? `Follow (${unseen} new)` : 'Follow';
  }

  function follow() {
    window.scrollTo({ top: document.documentElement.scrollHeight });
  }

  element('follow').addEventListener('click', () => {
    staying = following;
    setFollowing(!following);
    if (following) follow();
    if (following && document.body.dataset.state === 'ended') element('follow').hidden = true;
  });
  addEventListener(
    'scroll',
    () => {
      if (!staying && atEnd()) setFollowing(true);
      else if (window.scrollY < scrolled) setFollowing(false);
      scrolled = window.scrollY;
    },
    { passive: true },
  );

  return {
    count: count,
    add: add,
    end: end,
    connected: connected,
    connecting: connecting,
    unreachable: unreachable,
    fail: fail,
    explain: explain,
  };
})();
