import type { AdoptedApp } from './adopted-app.js';

/** Every form of listen(). */
export const listening: readonly AdoptedApp[] = [
  {
    name: 'listen-number',
    style: "listen(3000), the tutorial's chat with express 4",
    visits: [{ get: '/', text: 'Socket.IO chat' }],
    conversations: [{ clients: 2, send: ['chat message', 'hi'], hears: ['chat message', 'hi'] }],
    screen: { url: '/', types: 'hello there', shows: 'hello there' },
  },
  {
    name: 'listen-string',
    style: "listen('3000', host), plain http",
    visits: [
      { get: '/', text: 'no news yet' },
      { get: '/nothing', status: 404, text: 'Not found: /nothing' },
    ],
    conversations: [{ hears: ['time', /^20\d\d-/] }],
    screen: { url: '/', shows: 'It is 20' },
  },
  {
    name: 'listen-options',
    style: 'listen({ port, host, exclusive }), forms and redirects by hand',
    visits: [
      { get: '/', text: 'Tea 0, coffee 0' },
      { submit: {}, at: '/', text: 'Tea 1, coffee 0' },
    ],
    conversations: [{ hears: ['votes', { tea: 1, coffee: 0 }] }],
  },
  {
    name: 'listen-nan',
    style: 'listen(Number(PORT)), which has to be a number, with express 5',
    visits: [
      { get: '/', text: 'Echo' },
      { get: '/health', text: '{"ok":true}' },
    ],
    conversations: [
      { send: ['say', 'hi'], hears: ['said', 'hi'] },
      { send: ['echo', 'hi'], hears: { acknowledgement: ['hi'] } },
    ],
  },
  {
    name: 'socket-io-port',
    style: 'new Server(8080) in an ES module, no page',
    conversations: [{ hears: ['welcome', 'relay 1.0'] }, { send: ['relay', 'hi'], hears: ['relay', 'hi'] }],
  },
  {
    name: 'io-listen',
    style: 'io.listen(3000) with a path of its own, no page',
    conversations: [{ path: '/telemetry', send: ['reading', 20], hears: ['average', 20] }],
  },
  {
    name: 'socket-io-2-call',
    style: "require('socket.io')(3000) of socket.io 2, no page",
    conversations: [
      { client: 'socket.io-2', hears: ['news', { hello: 'world' }] },
      { client: 'socket.io-2', send: ['my other event', 'hi'], hears: ['news', 'hi'] },
    ],
  },
  {
    name: 'https-server',
    style: 'https with a redirect from http beside it',
    visits: [{ get: '/', text: 'You came by http' }],
    conversations: [{ send: ['secret', 'word'], hears: ['kept', 'word'] }],
    told: ['FIXED_PORT'],
    says: [/^TLS ends at IIS: .* port 3443/, /port 3080/],
  },
  {
    name: 'listen-after-database',
    style: 'listen() after a database is connected, as a promise',
    visits: [{ get: '/', text: '<li>Virgil</li>' }],
    conversations: [{ hears: ['guests', ['Beatrice', 'Virgil']] }],
  },
  {
    name: 'bin-www',
    style: "bin/www of the express generator with its normalizePort('3000'), and ejs",
    visits: [
      { get: '/', text: 'Welcome to My app' },
      { get: '/nothing', status: 404, text: 'Not Found' },
    ],
    conversations: [{ hears: ['welcome', 'My app'] }],
    screen: { url: '/', shows: 'My app is connected' },
  },
  {
    name: 'two-servers',
    style: 'a second server for metrics, which listens first',
    visits: [
      { get: '/', text: 'The app' },
      { get: '/metrics', status: 404, text: 'Cannot GET /metrics' },
    ],
    conversations: [{ hears: ['you', 20] }],
    told: ['FIXED_PORT'],
    says: [/port 9464/],
  },
];
