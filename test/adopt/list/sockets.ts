import type { AdoptedApp } from './adopted-app.js';

/** Sockets of all kinds. */
export const sockets: readonly AdoptedApp[] = [
  {
    name: 'ws-express',
    style: 'ws on the server of express',
    visits: [{ get: '/', text: 'connecting' }],
    conversations: [
      { client: 'ws', hears: ['hello, 127.0.0.1'] },
      { client: 'ws', send: ['hi'], hears: ['you sent hi'] },
    ],
    screen: { url: '/', shows: 'hello, 127.0.0.1' },
  },
  {
    name: 'ws-port',
    style: 'ws by itself, on port 8080',
    conversations: [
      { client: 'ws', hears: ['something'] },
      { client: 'ws', send: ['hi'], hears: ['hi'] },
    ],
  },
  {
    name: 'ws-beside-page',
    style: 'express on one port, ws on another one',
    visits: [{ get: '/', text: 'The sockets are on port 8081' }],
    conversations: [{ client: 'ws', path: '/feed?of=news', hears: ['feed of news'] }],
  },
  {
    name: 'ws-and-socket-io',
    style: 'socket.io and ws on one server, told apart by path',
    visits: [{ get: '/', text: 'devices use ws' }],
    conversations: [{ hears: ['kind', 'browser'] }, { client: 'ws', path: '/device', hears: ['kind: device'] }],
  },
  {
    name: 'namespaces-rooms',
    style: 'rooms, and namespaces with a token and by pattern',
    visits: [{ get: '/', text: 'Rooms' }],
    conversations: [
      { hears: ['lobby', 'choose a room'] },
      {
        namespace: '/chat',
        clients: 2,
        join: ['join', 'kitchen'],
        send: ['say', 'kitchen', 'hi'],
        hears: ['said', { room: 'kitchen', text: 'hi' }],
      },
      { namespace: '/admin', auth: { token: 'let me in' }, hears: ['rooms', true] },
      { namespace: '/admin', auth: { token: 'please' }, hears: { refusal: 'not for you' } },
      { namespace: '/tenant-7', hears: ['tenant', '/tenant-7'] },
    ],
    screen: { url: '/', types: 'hi', shows: 'kitchen: hi' },
  },
  {
    name: 'websocket-only',
    style: 'the transport websocket alone, at a path of its own',
    visits: [{ get: '/', text: 'WebSocket only' }],
    conversations: [{ transports: ['websocket'], path: '/live', hears: ['transport', 'websocket'] }],
    screen: { url: '/', shows: 'connected by websocket' },
  },
  {
    name: 'polling-only',
    style: 'the transport polling alone, with a cookie',
    visits: [{ get: '/', text: 'no tick' }],
    conversations: [{ transports: ['polling'], hears: ['tick', 1] }],
    screen: { url: '/', shows: 'tick ' },
  },
  {
    name: 'socket-io-2-express',
    style: 'socket.io 2 with its own client in a page',
    visits: [{ get: '/', text: 'logged out' }],
    conversations: [{ client: 'socket.io-2', send: ['add user', 'Dante'], hears: ['login', { welcome: 'Dante' }] }],
    screen: { url: '/', shows: 'Welcome, Virgil' },
  },
];
