// Gets the stanzas over a plain WebSocket, each once and in order, through lost connections and recycled servers: at each
// connection the page says in the URL which stanza it wants next and how long ago it got the last one.

(() => {
  'use strict';

  // The stream lives beside this page, whatever the page's own name and the virtual directory are.
  var beside = new URL('stream', location.href);
  var page = window.readingPage;
  beside.protocol = beside.protocol.replace('http', 'ws');
  beside.hash = '';

  var refused = 4400; // The close code of a server that does not want this page back.
  var socket;
  var since = 0; // When the last stanza came (performance.now()).
  var ended = false;
  var failures = 0; // Attempts in a row that did not connect.
  // How long no stanza may come, in ms, before the connection counts as lost: iisnode does not tell a viewer that the node
  // process behind its socket has ended.
  var patience = Math.max(1000, 3 * (document.documentElement.dataset.interval || 2000));
  var silence;
  var expected; // By when, by the clock on the wall: a timer stands still while the machine is asleep.
  var retry;

  connect();

  function connect() {
    var next = page.count();
    var opened = false;
    var mine;
    clearTimeout(retry);
    beside.search = '';
    if (next > 0) {
      beside.searchParams.set('next', next);
      beside.searchParams.set('waited', Math.round(performance.now() - since));
    }
    mine = socket = new WebSocket(beside.href);
    expectMore();

    mine.onopen = () => {
      if (mine !== socket) return;
      opened = true;
      failures = 0;
      page.connected('websocket');
      expectMore();
    };

    mine.onmessage = (message) => {
      var data = JSON.parse(message.data);
      if (mine !== socket) return; // Given up already.
      if (data.event === 'stanza') stanza(data);
      if (data.event === 'end') end(data);
      // The server is about to end, another process takes its place: not all its viewers come at the same moment.
      if (data.event === 'recycle') retry = setTimeout(again, 500 + 1500 * Math.random());
    };

    mine.onclose = (event) => {
      if (mine !== socket || ended) return;
      clearTimeout(silence);
      if (event.code === refused) return page.fail('The server refused this page.', event.reason);
      lost(opened);
    };
  }

  function stanza(data) {
    var next = page.count();
    if (data.index < next) return; // Seen before.
    if (data.index > next) return again(); // One is missing: ask for it.
    if (Date.now() > expected) return again(); // All that was sent meanwhile is here at once: ask for it anew.
    page.add(data.lines);
    since = performance.now();
    expectMore();
  }

  function end(mark) {
    if (page.count() < mark.stanzas) return again();
    ended = true;
    clearTimeout(silence);
    clearTimeout(retry);
    page.end();
    socket.close();
  }

  // Half a second, twice that, and so on, up to four; and never quite at the same moment as all others.
  function lost(wasOpen) {
    clearTimeout(retry);
    page.connecting();
    retry = setTimeout(connect, Math.min(4000, 500 * 2 ** failures) * (0.5 + Math.random()));
    if (wasOpen) return;
    failures += 1;
    if (failures < 3) return;
    page.explain(
      'No connection to the server yet; still trying.',
      'The WebSocket to ' +
        beside.pathname +
        ' fails. Behind IIS: is <webSocket enabled="false" /> in web.config, so that upgrades reach node? A proxy on the way may also refuse WebSockets.',
    );
  }

  function leave() {
    var given = socket;
    socket = undefined; // Nothing more counts of what it says.
    given.close();
  }

  function again() {
    leave();
    connect();
  }

  function expectMore() {
    clearTimeout(silence);
    expected = Date.now() + patience;
    silence = setTimeout(() => {
      var opening = socket.readyState === WebSocket.CONNECTING;
      leave();
      if (opening) return lost(false);
      page.connecting();
      connect();
    }, patience);
  }
})();
