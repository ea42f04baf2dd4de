// Receives the stanzas over socket.io, each once and in order, also when the connection is lost or the app is recycled: when it
// connects it says which stanza it wants next and how long ago it got the last one.

(() => {
  'use strict';

  // The path of socket.io is next to this page, in any virtual directory; or clients connect to a service.
  var settings = document.documentElement.dataset;
  var beside = new URL('socket.io', location.href).pathname;
  var path = settings.path || beside;
  var transports = settings.transports.split(',');
  var page = window.readingPage;

  var since = 0; // When the last stanza came (performance.now()).
  var ended = false;
  var failures = 0; // Attempts in a row that did not connect.
  // After this time without a stanza, in ms, the connection counts as lost: iisnode does not tell a viewer that its node process
  // has ended, and the next ping may be minutes away.
  var patience = Math.max(1000, 3 * (settings.interval || 2000));
  var silence;
  var expected; // When that time is over, by the clock: timers stop while the machine is asleep.

  var script = document.createElement('script');
  script.src = `${beside}/socket.io.js`;
  script.onload = () => {
    // A 200 may still be another page.
    if (typeof window.io === 'function') return connect();
    page.fail(
      'The socket.io client script is not what it should be.',
      beside +
        '/socket.io.js was answered with something else: another page, perhaps, or an error page with status 200.',
    );
  };
  script.onerror = () => {
    page.fail(
      'The socket.io client script could not be loaded.',
      `${beside}/socket.io.js did not answer. Is the server running, and does IIS send ${beside}/ to it?`,
    );
  };
  document.head.append(script);

  function connect() {
    var socket = window.io(settings.endpoint || undefined, {
      path: path,
      transports: transports,
      tryAllTransports: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 4000,
      // Called for each connection: go on with the next stanza, at the time at which it would have come.
      auth: (tell) => {
        var next = page.count();
        tell(next === 0 ? { next: next } : { next: next, waited: Math.round(performance.now() - since) });
      },
    });

    // The process may end between this event and socket.io's own handshake.
    socket.io.on('open', () => {
      expectMore(socket);
    });

    socket.on('connect', () => {
      failures = 0;
      page.connected(socket.io.engine.transport.name);
      socket.io.engine.on('upgrade', (transport) => {
        page.connected(transport.name);
      });
      expectMore(socket);
    });

    socket.on('stanza', (stanza) => {
      var next = page.count();
      if (stanza.index < next) return; // Seen before.
      if (stanza.index > next) return again(socket); // One is missing: ask for it.
      if (Date.now() > expected) return again(socket); // The machine was asleep, and all stanzas come at once: ask for them at their pace.
      page.add(stanza.lines);
      since = performance.now();
      expectMore(socket);
    });

    socket.on('end', (mark) => {
      if (page.count() < mark.stanzas) return again(socket);
      if (ended) return;
      ended = true;
      page.end();
      socket.disconnect();
    });

    // This process will end and another one replaces it: the viewers reconnect at different moments.
    socket.on('recycle', () => {
      setTimeout(
        () => {
          if (!ended && socket.connected) again(socket);
        },
        500 + 1500 * Math.random(),
      );
    });

    socket.on('disconnect', (reason) => {
      clearTimeout(silence);
      if (ended) return;
      page.connecting();
      if (reason === 'io server disconnect') socket.connect();
    });

    socket.on('connect_error', (error) => {
      if (!socket.active) return page.fail('The server refused this page.', error.message);
      failures += 1;
      page.connecting();
      if (failures < 3) return;
      if (!settings.endpoint) return page.unreachable(`${path}/`, error.message, transports[0] === 'websocket');
      page.explain(
        'No connection to the service; still trying.',
        `${settings.endpoint} does not answer (${error.message}), or no process of this app is connected to it.`,
      );
    });
  }

  function again(socket) {
    socket.disconnect().connect();
  }

  function expectMore(socket) {
    clearTimeout(silence);
    expected = Date.now() + patience;
    silence = setTimeout(again, patience, socket);
  }
})();
