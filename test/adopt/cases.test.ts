import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';
import { copyOf } from './copy.js';
import { deploy, failToDeploy } from './deployed.js';
import type { AdoptedApp } from './list/adopted-app.js';
import { checkWords, use } from './works.js';

/** Apps after public reports of people who host node on IIS: adopted, deployed and visited as they are. */
const apps = path.join(root, 'test', 'fixtures', 'apps');

async function adopt(name: string, vdirPath: string, options: readonly string[] = []): Promise<string> {
  const packages = name === 'next-negative' ? ['socket.io-client'] : []; // its package.json does not name it
  const { folder } = await copyOf(name, { where: apps, packages });
  const { code, stdout, stderr } = await cliHere(['init', folder, '--path', vdirPath, '--json', ...options]);
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  return folder;
}

interface Case extends Pick<AdoptedApp, 'visits' | 'conversations' | 'says'> {
  readonly name: string;
  readonly at: '/' | '/chat';
  readonly init?: readonly string[];
  readonly deploy?: readonly string[];
  /** What deploy notes of the page. */
  readonly note?: RegExp;
}

const connects = { hears: ['connect'] } as const;
const hello = { hears: ['hello', 1] } as const;
const hi = { hears: ['hi', 1] } as const;

const right: readonly Case[] = [
  {
    name: 'fastify-port-option',
    at: '/',
    visits: [{ get: '/', text: '{"up":true}' }],
    conversations: [{ hears: ['welcome'] }],
  },
  {
    name: 'nest-gateway-port',
    at: '/',
    deploy: ['--no-build'],
    note: /no page here \(404\); the sockets answer/,
    conversations: [connects],
  },
  { name: 'appsettings-file', at: '/chat', visits: [{ get: '/', text: 'io(' }], conversations: [hi] },
  {
    name: 'httpplatform-no-restart',
    at: '/',
    init: ['--replace-handler'],
    visits: [{ get: '/', text: 'hello' }],
    conversations: [hi],
  },
  {
    name: 'next-negative',
    at: '/',
    visits: [{ get: '/', text: 'live' }],
    conversations: [{ path: '/api/live', hears: ['tick'] }],
  },
  {
    name: 'next-base-path',
    at: '/chat',
    visits: [
      { get: '/', text: 'Next below a path' },
      { get: '/about', text: 'All about it' },
      { get: '/api/time', text: '"url":"' },
      { get: '/old', at: '/about', text: 'All about it' },
    ],
    conversations: [{ hears: ['hello', 'from next'] }],
  },
  { name: 'webconfig-case', at: '/', visits: [{ get: '/', text: 'home' }], conversations: [hi] },
  { name: 'socket-only-server', at: '/', note: /^no page: /, conversations: [hi] },
  {
    name: 'root-absolute-urls',
    at: '/chat',
    // The doctor names the URLs that lead out of it.
    deploy: ['--force'],
    note: /logo\.png .*404/,
    visits: [
      { get: '/style.css', text: '' },
      { get: '/old', at: '/new', text: 'new' },
    ],
    conversations: [hello],
  },
  { name: 'router-without-path', at: '/chat', visits: [{ get: '/', text: 'home' }], conversations: [connects] },
  { name: 'routes-in-a-class', at: '/chat', visits: [{ get: '/', text: 'home' }], conversations: [connects] },
  {
    name: 'handler-from-a-framework',
    at: '/chat',
    visits: [
      { get: '/', text: 'ok /' },
      { get: '/_x/1', text: 'ok /_x/1' },
      { get: '/none', status: 404, text: 'no /none' },
    ],
    conversations: [connects],
  },
  { name: 'path-assigned-later', at: '/chat', visits: [{ get: '/', text: 'hi' }], conversations: [connects] },
  {
    name: 'clients-elsewhere',
    at: '/chat',
    // Of its clients some have another path.
    deploy: ['--force'],
    visits: [
      { get: '/', text: '<h1>x</h1>' },
      { get: '/old', at: '/new', text: 'new' },
    ],
    conversations: [hello],
  },
  { name: 'page-at-a-depth', at: '/chat', visits: [{ get: '/', text: 'home' }], conversations: [hello] },
  {
    name: 'folder-named-like-a-route',
    at: '/',
    visits: [
      { get: '/users/list', text: '[]' },
      { get: '/users/router.js', status: 404, text: '' },
    ],
    conversations: [hello],
  },
  ...(['/', '/chat'] as const).map((at) => ({
    name: 'param-route-answers-everything',
    at,
    visits: [{ get: '/', at: '/login', text: 'page login' }],
    conversations: [hello],
  })),
  {
    name: 'handshake-wants-a-login',
    at: '/',
    visits: [{ get: '/', text: 'home' }],
    conversations: [{ transports: ['polling'], hears: { refusal: 'xhr poll error' } }],
  },
  {
    name: 'cluster-fork',
    at: '/',
    visits: [{ get: '/', text: 'home production 1' }],
    conversations: [hello],
    says: [/^cluster: the app runs as one worker/],
  },
  ...(['/', '/chat'] as const).map((at) => ({ name: 'io-listen-port', at, conversations: [connects] })),
];

describe('an app from the field works', () => {
  it.each(right)('$name at $at', async ({ name, at, init, deploy: options, note, says, ...app }) => {
    const site = await deploy(await adopt(name, at, init), at, options);
    if (note !== undefined) expect(site.seen.steps[0]?.note).toMatch(note);
    await use(app, site.url);
    checkWords(site.said(), says);
    await site.undeploy();
  });

  it('https-redirect-first at /: reports that the target of the redirect is not served here', async () => {
    const site = await deploy(await adopt('https-redirect-first', '/'), '/');
    expect(site.seen).toMatchObject({ ok: true });
    for (const { note } of site.seen.steps) expect(note).toContain('correct for a site with an https binding');
    await site.undeploy();
  });
});

describe('an app from the field that cannot work is not deployed, and its own fault is named', () => {
  it.each<[string, string, RegExp]>([
    ['express5-star', '/', /Missing parameter name/],
    ['origins-removed', '/', /io\.origins is not a function/],
    ['localhost-without-slash', '/', /visitor's own machine/],
    ['https-redirect-last', '/', /leads to \/server\.js, not to \/: the rule that redirects comes after/],
  ])('%s', async (name, at, why) => {
    const error = await failToDeploy(await adopt(name, at), at);
    expect(error.why).toMatch(why);
    expect(`${error.what} ${error.why} ${error.next}`).not.toMatch(/WebSocket module|EPROTO/);
  });
});
