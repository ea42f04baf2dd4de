// The page's side of the chat: two namespaces over one connection, messages that are neither lost nor doubled.

(() => {
  const { element, lineOf, about, timeOf, append, note, clear, show, fail, explain } = window.chatPage;
  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16)).join('-');

  // socket.io lives beside this page: at /socket.io, or at /myapp/socket.io in the virtual directory /myapp.
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
    // What is emitted waits for the connection, and is sent again until the server has acknowledged it: up to 10 times.
    // It may so arrive twice; each thing therefore has an id, by which the server and the other pages know it again.
    retries: 10,
    ackTimeout: 5000,
  };

  // The namespace is not the path. '/chat' is a name within the connection, chosen by io.of('/chat') on the server, and
  // the same wherever the app is; where the connection goes is said by `path` alone, '/myapp/socket.io'. The mistake that
  // everybody makes once, io('/myapp/chat'), asks the site's root for a namespace called "/myapp/chat": 404, or "Invalid
  // namespace".
  const chat = window.io('/chat', { ...options, auth: (tell) => tell(here ? { ...here, person, ...awayFor() } : {}) });
  const news = window.io('/news', options); // The same connection: no second WebSocket.

  const person = newId(); // This page, over all its connections.
  let here; // { name, room } while in a room.
  let heardAt = Date.now(); // When there was a sign of life; the server pings every 10 s.
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
    // recovered: the server still knew us, and sends what we missed. Not so after a restart, or at another process.
    if (here && lostAt !== undefined && !chat.recovered)
      note('Connected again. What was said meanwhile may be missing.');
    lostAt = undefined;
  });

  chat.on('disconnect', () => {
    // Who slept hears of it late.
    lostAt = Date.now() - heardAt > 12_000 ? heardAt : Date.now();
    show('reconnecting', 'Connection lost, reconnecting…');
  });

  // The server said goodbye: socket.io comes back by itself only when it was the network.
  for (const socket of [chat, news]) {
    socket.on('disconnect', (reason) => {
      if (reason === 'io server disconnect') socket.connect();
    });
  }

  chat.on('connect_error', (error) => {
    if (!chat.active) {
      if (!here) return fail('The server at this address has no chat.', `${path}/ answered: ${error.message}.`);
      // It refuses us in this room, or by this name.
      leave();
      element('entry-error').textContent = error.message;
      return chat.connect();
    }
    failures += 1;
    show('reconnecting', lostAt === undefined ? 'Connecting…' : 'Connection lost, reconnecting…');
    if (failures < 3) return;
    const webSocket =
      `The WebSocket to ${path}/ fails (${error.message}). Behind IIS: is <webSocket enabled="false" /> in web.config, so ` +
      'that upgrades reach node? A proxy on the way may also refuse WebSockets.';
    const neverWas = transports[0] === 'websocket' && lostAt === undefined;
    const why = neverWas ? webSocket : `${path}/ does not answer (${error.message}).`;
    explain('No connection to the server yet; still trying.', why);
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
    // What was said there of late comes before the answer.
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
  let settleAt = 0; // Until then somebody may be on the way back.

  chat.on('people', (list) => {
    // Those who lost their connection with us come back within moments: nobody is told that they came, or went.
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

  // A process that ends tells nobody who was there: ask now and then. volatile: not kept, not sent again.
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
    element('text').focus(); // A tap on the button would hide the keyboard of a phone.
    toldAt = Number.NEGATIVE_INFINITY; // The next one is told at once.
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

  /** From the room, or, when that was lost on the way, in the answer to our own message. */
  function arrived(message) {
    if (!firstTime(seen, message.id)) return;
    const own = message.from.id === person;
    const line = waiting.get(message.id) ?? lineOf(message.text, own ? 'message own' : 'message');
    waiting.delete(message.id);
    delete line.dataset.sent;
    about(line, (own ? '' : `${message.from.name}, `) + timeOf(message.at));
    append(line, own); // Behind what came before it.
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
