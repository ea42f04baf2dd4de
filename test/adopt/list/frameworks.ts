import type { AdoptedApp } from './adopted-app.js';

/** Frameworks, which listen in their own way. */
export const frameworks: readonly AdoptedApp[] = [
  {
    name: 'fastify',
    style: 'listen({ port: PORT }) of fastify 5, which takes no pipe there',
    visits: [
      { get: '/', text: 'Board' },
      { get: '/api/ip', text: '{"ip":"127.0.0.1"}' },
    ],
    conversations: [{ send: ['note', 'milk'], hears: ['notes', ['milk']] }],
    screen: { url: '/', shows: 'notes on the board' },
  },
  {
    name: 'koa',
    style: 'koa 3 with signed cookies, redirects and koa-static from the working directory',
    visits: [
      { get: '/start', at: '/visits', text: 'You were here 2 times' },
      { get: '/', text: 'Served by koa-static' },
    ],
    conversations: [{ hears: ['greeting', 'koa'] }],
    screen: { url: '/', shows: 'greeting from koa' },
  },
  {
    name: 'hono',
    style: 'hono with its server for node, whose file of variables is not there',
    visits: [
      { get: '/', text: 'not connected' },
      { get: '/go', at: '/api/me', text: '{"path":"/api/me","address":"127.0.0.1"}' },
    ],
    conversations: [{ hears: ['hello', 'from hono, unnamed'] }],
    screen: { url: '/', shows: 'from hono, unnamed' },
  },
  {
    name: 'h3-engine',
    style: 'h3, as nitro has it: pages in pieces, and socket.io bound to an engine at a route',
    visits: [
      { get: '/', text: 'loading' },
      { get: '/old', at: '/', text: 'loading' },
    ],
    conversations: [{ path: '/engine', hears: ['hello', 'from h3'] }],
    screen: { url: '/', shows: 'from h3' },
  },
  {
    name: 'hapi',
    style: 'hapi 21 in a folder lib, listening on localhost',
    visits: [{ get: '/', text: 'The light is off' }],
    conversations: [{ hears: ['light', false] }],
  },
  {
    name: 'nest-gateway',
    style: 'NestJS built by tsc, its gateway on the same server',
    visits: [
      { get: '/', text: 'Hello World!' },
      { get: '/items/7', text: '{"id":"7"}' },
    ],
    conversations: [
      { namespace: '/events', send: ['identity', 7], hears: { acknowledgement: [7] } },
      { namespace: '/events', send: ['shout', 'hi'], hears: ['shouted', 'HI'] },
    ],
  },
  {
    name: 'nest-gateway-port',
    style: 'NestJS, its gateway on a port of its own',
    visits: [{ get: '/', text: 'Hello World!' }],
    conversations: [{ transports: ['websocket'], send: ['shout', 'hi'], hears: ['shouted', 'HI'] }],
  },
  {
    name: 'next-custom-server',
    style: 'Next with a server.js of its own',
    visits: [
      { get: '/', text: 'Next with sockets' },
      { get: '/api/time?now=1', text: '/api/time?now=1' },
    ],
    conversations: [{ hears: ['hello', 'from next'] }],
    screen: { url: '/', shows: 'hello from next' },
    vdir: {
      cannot: "the page's scripts load others from /_next, and io() is in a bundle",
      told: ['SOCKET_PATH_MISMATCH_CLIENT'],
      screen: { shows: 'hello waiting' },
    },
  },
  {
    name: 'next-start',
    style: 'Next started by `next start`, no server of its own',
    visits: [
      { get: '/', text: 'Started by next start' },
      { get: '/about', text: 'A page of its own' },
    ],
    screen: {
      url: '/',
      shows: 'The scripts of the page run',
      link: { text: 'About', shows: 'A page of its own' },
    },
    vdir: {
      cannot: 'links of next/link are root-absolute',
      told: [],
      screen: { link: { text: 'About', shows: '404' } },
    },
  },
  {
    name: 'express-ws',
    style: 'express-ws, whose routes are paths of WebSockets',
    visits: [{ get: '/', text: 'get route testing' }],
    conversations: [
      { client: 'ws', path: '/echo', send: ['hi'], hears: ['hi testing'] },
      { client: 'ws', path: '/rooms/4', send: ['hi'], hears: ['4: hi'] },
    ],
  },
  {
    name: 'server-sent-events',
    style: 'koa with server-sent events and no sockets',
    visits: [{ get: '/', text: 'EventSource' }],
    screen: { url: '/', shows: 'event ' },
  },
];
