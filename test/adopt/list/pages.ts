import type { AdoptedApp } from './adopted-app.js';

/** What pages and their visitors need: cookies, forms, redirects, assets. */
export const pages: readonly AdoptedApp[] = [
  {
    name: 'passport-sessions',
    style: 'a login with passport and express-session, which socket.io asks too',
    visits: [
      { get: '/', at: '/login', text: 'Password' },
      { submit: { username: 'Beatrice', password: 'wrong' }, at: '/login?failed', text: 'Password' },
      { submit: { username: 'Beatrice', password: 'secret' }, at: '/account', text: 'Account of Beatrice' },
    ],
    conversations: [
      { hears: ['whoami', 'Beatrice'] },
      { transports: ['websocket'], stranger: true, hears: { refusal: 'unauthorized' } },
    ],
    forgets: 'its sessions are in memory',
  },
  {
    name: 'redirects',
    style: 'redirects of all kinds, and a cookie for some of its pages',
    visits: [
      { get: '/', at: '/language', text: 'Italiano' },
      { submit: { language: 'it' }, at: '/pages/home', text: 'Home in it' },
      { get: '/old/home', at: '/pages/home', text: 'Home in it' },
      { submit: {}, at: '/language', text: 'Italiano' },
      { get: '/pages/home', text: 'Home in undefined' },
    ],
    conversations: [{ transports: ['websocket'], hears: ['cookie', /some|none/] }],
  },
  {
    name: 'uploads',
    style: 'uploads by a form with multer and over a socket',
    visits: [
      { get: '/', text: 'No news' },
      { submit: { photo: { file: 'cat.txt', text: 'meow' } }, text: 'Thank you for cat.txt of 4 bytes' },
    ],
    conversations: [{ send: ['photo', Buffer.alloc(30_000)], hears: { acknowledgement: [{ bytes: 30_000 }] } }],
    screen: { url: '/', shows: '2000 bytes have arrived' },
  },
  {
    name: 'page-at-a-depth',
    style: 'a page at /room/:name with root-absolute URLs',
    visits: [{ get: '/', at: '/room/lobby', text: 'To the garden' }],
    conversations: [
      { clients: 2, join: ['join', 'garden'], send: ['message', 'garden', 'hi'], hears: ['message', 'garden', 'hi'] },
    ],
    screen: { url: '/room/lobby', types: 'hi', shows: 'lobby: hi' },
  },
  {
    name: 'helmet-compression',
    style: 'compressed pages, and the headers of helmet',
    visits: [
      { get: '/', text: 'not connected' },
      { get: '/me', text: '{"ip":"127.0.0.1","secure":false}' },
    ],
    conversations: [{ hears: ['address', '127.0.0.1'] }],
    screen: { url: '/', shows: 'You are at 127.0.0.1' },
  },
  {
    name: 'rate-limit',
    style: "limits by the client's address, which a pipe does not have",
    visits: [
      { get: '/', text: 'API' },
      { get: '/api/quote', text: '"family":"IPv4"' },
      { get: '/api/quote', text: 'All hope abandon' },
      { get: '/api/quote', text: 'All hope abandon' },
      { get: '/api/quote', status: 429, text: 'Too many requests' },
    ],
    conversations: [{ hears: ['welcome', 'string'] }],
  },
  {
    name: 'spa-bundle',
    style: 'a single-page app: its client is in a bundle, and every path answers with the page',
    visits: [
      { get: '/', text: 'loading' },
      { get: '/items/5', text: 'loading' },
      { get: '/api/items', text: '["one","two"]' },
    ],
    conversations: [{ hears: ['count', 2] }],
    screen: { url: '/', shows: '2 of 2 items, live' },
    vdir: {
      cannot: "fetch('/api/items') and io() are in a bundle",
      told: ['ROOT_ABSOLUTE_URL', 'SOCKET_PATH_MISMATCH_CLIENT'],
      screen: { shows: '0 items' },
    },
  },
];
