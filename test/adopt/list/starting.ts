import type { AdoptedApp } from './adopted-app.js';

/** Ways to start an app. */
export const starting: readonly AdoptedApp[] = [
  {
    name: 'esm-top-level-await',
    style: 'ES modules with top-level await; reads a file of the working directory',
    visits: [{ get: '/', at: '/quotes/0', text: 'Midway upon the journey' }],
    conversations: [{ send: ['quote', 1], hears: ['quote', 'I found myself within a forest dark'] }],
  },
  {
    name: 'typescript',
    style: 'TypeScript, ES modules, built by tsc from src to dist',
    visits: [{ get: '/', text: '<pre>' }],
    conversations: [
      { send: ['play', 4, 'x'], hears: ['board', [null, null, null, null, 'x', null, null, null, null]] },
    ],
  },
  {
    name: 'bundle',
    style: 'the server in one file by esbuild, packages and all',
    visits: [{ get: '/', text: 'All packages are in one file' }],
    conversations: [{ client: 'ws', path: '/count', hears: [/^count \d+$/] }],
    told: ['BUNDLE_WITHOUT_SOURCE_MAP'],
  },
  {
    name: 'start-script',
    style: 'NODE_ENV and -r in its start script, the entry two folders down',
    visits: [
      { get: '/', text: 'nobody greets' },
      {
        get: '/state',
        text: '{"env":"production","greeting":"good evening","instrumented":true,"isMain":true,"script":"src/server/main.js"}',
      },
    ],
    conversations: [{ hears: ['greeting', 'good evening'] }],
    screen: { url: '/', shows: 'good evening' },
  },
  {
    name: 'nodemon-exec',
    style: 'cross-env, NODE_OPTIONS and arguments in front of and behind nodemon --exec',
    visits: [
      { get: '/', text: 'not connected' },
      { get: '/state', text: '{"env":"production","name":"live","args":["--mode","fast"],"hasLittle":true}' },
    ],
    conversations: [{ hears: ['hello', 'hello nodemon'] }],
    screen: { url: '/', shows: 'hello nodemon' },
  },
  {
    name: 'env-file',
    style: '--env-file and --import in its start script',
    visits: [{ get: '/any?x=1', text: '{"topics":["weather"],"url":"/any?x=1"}' }],
    conversations: [{ client: 'ws', path: '/topics', hears: ['["weather"]'] }],
  },
  {
    name: 'cluster-workers',
    style: 'a primary that forks a worker for each processor',
    visits: [{ get: '/', text: 'Worker 1 answers' }],
    conversations: [{ transports: ['websocket'], hears: ['worker', 1] }],
    says: [/^cluster: the app runs as one worker/],
  },
  {
    name: 'cluster-sticky',
    style: '@socket.io/sticky, whose primary has the port and hands connections to workers',
    conversations: [{ send: ['say', 'hi'], hears: ['said', 'hi'] }],
    says: [/^cluster: the app runs as one worker/, /^@socket\.io\/sticky: /],
  },
  {
    name: 'monorepo',
    style: 'workspaces: a server, and a client that is built',
    visits: [
      { get: '/', text: 'not connected' },
      { get: '/api/state', text: '{"state":"fine"}' },
    ],
    conversations: [{ hears: ['state', 'fine'] }],
    screen: { url: '/', shows: 'the server is fine' },
    vdir: { cannot: 'io() is in a bundle', told: ['SOCKET_PATH_MISMATCH_CLIENT'], screen: { shows: 'not connected' } },
  },
  {
    name: 'two-folders',
    style: 'a folder client and a folder server, which is the working directory',
    visits: [{ get: '/', text: 'loading' }],
    conversations: [{ hears: ['levels', 2] }],
    screen: { url: '/', shows: '2 levels' },
  },
];
