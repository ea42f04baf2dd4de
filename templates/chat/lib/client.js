// The page's side of the chat: two namespaces over one connection; each message arrives, and arrives once.

(() => {
  const { element, lineOf, about, timeOf, append, note, clear, show, fail, unreachable } = window.chatPage;
  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16)).join('-');

  // The path of socket.io is next to this page: /socket.io, or /myapp/socket.io in the virtual directory /myapp.
  const path = new URL('socket.io', location.href).pathname;
  const transports = document.documentElement.dataset.transports.split(',');

  if (typeof window.io !== 'function') {
    const why = `${path}/socket.io.js did not answer as it should. Is the server running, and does IIS send ${path}/ to it?`;
    return fail('The socket.io client script could not be loaded.', why);
  }

  const options = {
    path,
    transports,
    tryAllTransports: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 4000,
    // An event waits for the connection, and is sent until the server has acknowledged it: up to 10 times. So it may arrive
    // twice: each message has an id, by which the server and the other pages recognize it.
    retries: 10,
    ackTimeout: 5000,
  };

  // The namespace is not the path. '/chat' is a name within the connection, set by io.of('/chat') on the server, and the same
  // wherever the app is; only `path`, '/myapp/socket.io', says where the connection goes. A common mistake, io('/myapp/chat'),
  // asks the site's root for a namespace called "/myapp/chat": 404, or "Invalid namespace".
  const chat = window.io('/chat', { ...options, auth: (tell) => tell(here ? { ...here, person, ...awayFor() } : {}) });
  const news = window.io('/news', options); // The same connection: no second WebSocket.

  const person = newId(); // This page, over all its connections.
  let here; // { name, room } while in a room.
  let heardAt = Date.now(); // When the server was last heard; it pings every 10 s.
  let lostAt; // When the connection was lost.
  let failures = 0; // Attempts in a row that did not connect.

  // ---- The connection

  const heard = () => {
    heardAt = Date.now();
  };
  chat.io.on('ping', heard);

  chat.on('connect', () => {
    heard();
    failures = 0;
    settleAt = Date.now() + 6000;
    setTimeout(askWho, 6500);
    element('trouble').hidden = true;
    show('connected', 'Connected');
    // recovered: the server sends what this page has missed. After a restart, or at another process, it cannot.
    if (here && lostAt !== undefined && !chat.recovered) note('Connected again. Some messages may be missing.');
    lostAt = undefined;
  });

  chat.on('disconnect', () => {
    // A machine that was asleep notices the loss late.
    lostAt = Date.now() - heardAt > 12_000 ? heardAt : Date.now();
    show('reconnecting', 'Connection lost, reconnecting…');
  });

  // After the server has closed the connection socket.io does not reconnect by itself.
  for (const socket of [chat, news]) {
    socket.on('disconnect', (reason) => {
      if (reason === 'io server disconnect') socket.connect();
    });
  }

  chat.on('connect_error', (error) => {
    if (!chat.active) {
      if (!here) return fail('The server at this address has no chat.', `${path}/ answered: ${error.message}.`);
      // The server refuses this room or this name.
      leave();
      element('entry-error').textContent = error.message;
      return chat.connect();
    }
    failures += 1;
    show('reconnecting', lostAt === undefined ? 'Connecting…' : 'Connection lost, reconnecting…');
    if (failures < 3) return;
    const isWebSocket = transports[0] === 'websocket';
    unreachable({ path: `${path}/`, message: error.message, isWebSocket, was: lostAt !== undefined });
  });

  function awayFor() {
    return lostAt === undefined ? {} : { away: Date.now() - lostAt };
  }

  // ---- Rooms

  element('name').value = attempt(() => sessionStorage.getItem('name')) ?? '';
  const named = location.hash.slice(1);
  if (named !== '') element('room').value = attempt(() => decodeURIComponent(named)) ?? named;

  element('entry').addEventListener('submit', (event) => {
    event.preventDefault();
    const button = element('entry').querySelector('button');
    const wanted = { name: element('name').value.trim(), room: element('room').value.trim() };
    button.disabled = true;
    element('entry-error').textContent = '';
    // The room's latest messages come before the answer.
    seen.clear();
    clear();
    people.clear();
    chat.emit('join', { ...wanted, person }, (error, answer) => {
      button.disabled = false;
      if (error || !answer.ok) {
        element('entry-error').textContent = error ? 'The server does not answer. Try again.' : answer.error;
        return;
      }
      here = { ...wanted, room: answer.room };
      attempt(() => sessionStorage.setItem('name', here.name));
      history.replaceState(null, '', `#${encodeURIComponent(here.room)}`);
      element('entry').hidden = true;
      element('talk').hidden = false;
      element('talk-title').textContent = here.room;
      note(`You are in ${here.room}.`);
      element('text').focus();
    });
  });

  element('leave').addEventListener('click', () => {
    chat.emit('leave', {});
    leave();
    element('name').focus();
  });

  function leave() {
    here = undefined;
    waiting.clear();
    element('talk').hidden = true;
    element('entry').hidden = false;
    element('entry-error').textContent = '';
  }

  // ---- Who is here

  const people = new Map();
  let settleAt = 0; // Until then people may still be reconnecting.

  chat.on('people', (list) => {
    // Others whose connection was lost at the same time come back in a moment: that is not announced.
    if (Date.now() > settleAt) people.clear();
    for (const { id, name } of list.people) people.set(id, name);
    element('people-label').textContent = list.complete ? 'Here:' : 'Here, as far as this server process knows:';
    showPeople();
  });

  chat.on('joined', ({ id, name }) => {
    if (people.get(id) === name) return;
    people.set(id, name);
    showPeople();
    note(`${name} joined`);
  });

  chat.on('left', ({ id, name }) => {
    if (!people.delete(id)) return;
    showPeople();
    note(`${name} left`);
  });

  // A process that ends does not say who was there: ask regularly. volatile: not kept, not sent again.
  setInterval(askWho, 30_000);

  function askWho() {
    if (here && chat.connected) chat.volatile.emit('who');
  }

  function showPeople() {
    const names = [...people].map(([id, name]) => (id === person ? `${name} (you)` : name));
    element('people').textContent = names.sort((a, b) => a.localeCompare(b)).join(', ');
  }

  // ---- Messages

  const seen = new Set(); // The ids of the messages on the page: the same one may come twice.
  const waiting = new Map(); // Own messages without an answer yet: id -> the line that shows them.

  element('write').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = element('text').value.trim();
    if (text === '') return;
    element('text').value = '';
    element('text').focus(); // Otherwise a tap on the button hides the keyboard of a phone.
    toldAt = Number.NEGATIVE_INFINITY; // The next typing is sent at once.
    const message = { id: newId(), text };
    const line = lineOf(text, 'message own');
    waiting.set(message.id, line);
    append(line, true);
    send(message, line);
  });

  function send(message, line) {
    line.dataset.sent = 'waiting';
    about(line, 'not sent yet');
    chat.emit('message', message, (error, answer) => {
      if (!error && answer.ok) return arrived(answer.message);
      line.dataset.sent = 'failed';
      const again = document.createElement('button');
      again.type = 'button';
      again.className = 'plain';
      again.textContent = 'Send again';
      again.addEventListener('click', () => send(message, line), { once: true });
      about(line, `not sent: ${error ? 'the server does not answer' : answer.error}`, again);
    });
  }

  chat.on('message', arrived);

  /** A message from the room or, when that one was lost, from the acknowledgement of this page's own message. */
  function arrived(message) {
    if (!firstTime(seen, message.id)) return;
    const own = message.from.id === person;
    const line = waiting.get(message.id) ?? lineOf(message.text, own ? 'message own' : 'message');
    waiting.delete(message.id);
    delete line.dataset.sent;
    about(line, (own ? '' : `${message.from.name}, `) + timeOf(message.at));
    append(line, own); // After the messages that came before it.
    if (message.from.id === typingId) element('typing').textContent = '';
  }

  function firstTime(ids, id) {
    if (ids.has(id)) return false;
    ids.add(id);
    if (ids.size > 5000) ids.delete(ids.values().next().value);
    return true;
  }

  // ---- Who is typing

  let toldAt = Number.NEGATIVE_INFINITY;
  let typingId;
  let typingEnds;

  element('text').addEventListener('input', () => {
    if (performance.now() - toldAt < 1500) return;
    toldAt = performance.now();
    chat.volatile.emit('typing');
  });

  chat.on('typing', ({ id, name }) => {
    typingId = id;
    element('typing').textContent = `${name} is typing…`;
    clearTimeout(typingEnds);
    typingEnds = setTimeout(() => {
      element('typing').textContent = '';
    }, 3000);
  });

  // ---- News

  const known = new Set(); // The ids of the headlines on the page.

  element('post').addEventListener('submit', (event) => {
    event.preventDefault();
    const field = element('headline');
    const headline = { id: newId(), text: field.value.trim(), by: element('name').value.trim() || 'Somebody' };
    if (headline.text === '') return;
    field.value = '';
    element('post-error').textContent = news.connected ? '' : 'It is posted as soon as the connection is back.';
    news.emit('post', headline, (error, answer) => {
      element('post-error').textContent = '';
      if (!error && answer.ok) return published(answer.headline);
      element('post-error').textContent = error ? 'Not posted: the server does not answer.' : answer.error;
      if (field.value === '') field.value = headline.text;
    });
  });

  news.on('headline', published);

  function published({ id, text, by, at }) {
    if (!firstTime(known, id)) return;
    const line = lineOf(text, '');
    about(line, `${by}, ${timeOf(at)}`);
    element('headlines').prepend(line);
    while (element('headlines').children.length > 100) element('headlines').lastChild.remove();
  }

  /** What `action` returns; undefined when it throws. Some browsers refuse to keep anything, and a URL may be malformed. */
  function attempt(action) {
    try {
      return action();
    } catch {
      return undefined;
    }
  }
})();
