/** What a visitor does, as with a browser: cookies are kept, redirects followed, forms sent as the page has them. */
export type Visit = {
  /** In the page or JSON that comes. */
  readonly text: string;
  /** 200 if left out. */
  readonly status?: number;
  /** Where redirects lead to; if left out, there are none. */
  readonly at?: string;
} & (
  | { readonly get: string }
  | { readonly post: string; readonly json: unknown }
  /** The form of the last page, filled in; a file by its name and text. */
  | { readonly submit: Readonly<Record<string, string | { readonly file: string; readonly text: string }>> }
);

/** An event and its values; with ws only a text. A regular expression is for a value that is not known before. */
type Event = readonly [name: string | RegExp, ...values: unknown[]];
type Sent = readonly [name: string, ...values: unknown[]];

/** What clients and server say over a socket. Paths and URLs start at the app's own URL. */
export interface Conversation {
  /** `socket.io` if left out. */
  readonly client?: 'socket.io' | 'socket.io-2' | 'ws';
  /** Both if left out; ws has one. */
  readonly transports?: readonly ('polling' | 'websocket')[];
  /** '/socket.io' if left out, '/' for ws. */
  readonly path?: string;
  readonly namespace?: string;
  readonly auth?: Readonly<Record<string, string>>;
  /** How many are connected; each of them hears the answer. 1 if left out. */
  readonly clients?: number;
  /** Sent by each at first; the server acknowledges it. */
  readonly join?: Sent;
  /** Sent by the first. */
  readonly send?: Sent;
  readonly hears: Event | { readonly acknowledgement: readonly unknown[] } | { readonly refusal: string };
}

export interface AdoptedApp {
  /** Its folder in apps/. */
  readonly name: string;
  /** What is special in it. */
  readonly style: string;
  readonly visits?: readonly Visit[];
  readonly conversations?: readonly Conversation[];
  /** What a page shows in a browser once its own script is connected; where `types` is given, after that and Enter. */
  readonly screen?: { readonly url: string; readonly types?: string; readonly shows: string };
  /** Why iisnode starts only one process of it. */
  readonly oneProcess?: string;
}

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
];

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
      { get: '/start', at: '/visits', text: 'You were here 3 times' },
      { get: '/', text: 'Served by koa-static' },
    ],
    conversations: [{ hears: ['greeting', 'koa'] }],
    screen: { url: '/', shows: 'greeting from koa' },
  },
  {
    name: 'hapi',
    style: 'hapi 21 in a folder lib, listening on localhost',
    visits: [{ get: '/', text: 'The light is off' }],
    conversations: [{ hears: ['light', false] }],
  },
];

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
];

export const groups = { listening, frameworks, sockets };
