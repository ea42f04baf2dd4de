// Receives the stanzas over a plain WebSocket, each once and in order, also when the connection is lost or the app is recycled:
// the URL of each connection says which stanza it wants next and how long ago it got the last one.

(() => {
  'use strict';

  // The path of the stream is next to this page, in any virtual directory.
  var beside = new URL('stream', location.href);
  var page = window.readingPage;
  beside.protocol = beside.protocol.replace('http', 'ws');
  beside.hash = '';

  var refused = 4400; // The close code after which the page does not reconnect.
  var socket;
  var since = 0; // When the last stanza came (performance.now()).
  var ended = false;
  var failures = 0; // Attempts in a row that did not connect.
  // After this time without a stanza, in ms, the connection counts as lost: iisnode does not tell a viewer that its node process
  // has ended.
  var patience = Math.max(1000, 3 * (document.documentElement.dataset.interval || 2000));
  var silence;
  var expected; // When that time is over, by the clock: timers stop while the machine is asleep.
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
      if (mine !== socket) return; // From a connection that was given up.
      if (data.event === 'stanza') stanza(data);
      if (data.event === 'end') end(data);
      // This process will end and another one replaces it: the viewers reconnect at different moments.
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
    if (Date.now() > expected) return again(); // The machine was asleep, and all stanzas come at once: ask for them at their pace.
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

  // Waits 0.5 s, 1 s, 2 s, at most 4 s, with a random part, so that not all viewers reconnect at the same moment.
  function lost(wasOpen) {
    clearTimeout(retry);
    page.connecting();
    retry = setTimeout(connect, Math.min(4000, 500 * 2 ** failures) * (0.5 + Math.random()));
    if (wasOpen) return;
    failures += 1;
    if (failures >= 3) page.unreachable(beside.pathname, 'no answer to the upgrade', true);
  }

  function leave() {
    var given = socket;
    socket = undefined; // Its events are ignored from now on.
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
