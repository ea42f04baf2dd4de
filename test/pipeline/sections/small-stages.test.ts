import { describe, expect, it } from 'vitest';
import {
  defaultDocumentCandidates,
  isWebSocketRequest,
  listingRefused,
  mimeTypeOf,
  readDirectoryBrowse,
  readMimeMap,
  siteFor,
  staticFileVerdict,
  type Target,
  webSocketVerdict,
} from '../../../src/pipeline/sections/index.js';
import { at, server, webConfig } from '../../config/support.js';

describe('default documents', () => {
  it('are tried in order, below the folder', () => {
    expect(defaultDocumentCandidates({ enabled: true, files: ['server.js', 'index.htm'] }, '/dante/')).toEqual([
      '/dante/server.js',
      '/dante/index.htm',
    ]);
  });
  it('are none when switched off', () => {
    expect(defaultDocumentCandidates({ enabled: false, files: ['index.htm'] }, '/')).toEqual([]);
  });
});

describe('a folder', () => {
  it('without a default document is 403.14 unless directoryBrowse is on', () => {
    expect(listingRefused(false)).toMatchObject({ status: 403, subStatus: 14 });
    expect(listingRefused(true)).toBeUndefined();
    const browse = server({ files: { '/srv/web.config': webConfig('<directoryBrowse enabled="true" />') } });
    expect([server(), browse].map((model) => readDirectoryBrowse(model, at(model, '/')))).toEqual([false, true]);
  });
});

describe('static files', () => {
  const verdict = (method: string, path: string, target: Target, query = '') =>
    staticFileVerdict(
      { method, path, query, physicalPath: `/srv${path}`, target },
      () => new Map([['.js', 'application/javascript']]),
    );
  it.each<[string, string, Target, number, number]>([
    ['GET', '/gone.js', 'missing', 404, 0],
    ['GET', '/a.js/', 'file', 404, 0],
    ['GET', '/a.mjs', 'file', 404, 3],
    ['GET', '/LICENSE', 'file', 404, 3],
    ['POST', '/a.js', 'file', 405, 0],
    ['PUT', '/a.js', 'file', 405, 0],
    ['POST', '/gone.js', 'missing', 405, 0],
    ['PUT', '/folder/', 'directory', 405, 0],
  ])('%s %s, which is %s: %i.%i', (method, path, target, status, subStatus) => {
    expect(verdict(method, path, target)).toMatchObject({ kind: 'failure', failure: { status, subStatus } });
  });

  it.each([
    ['/a?b#c', '/a%3Fb%23c/'],
    ['/50%', '/50%25/'],
    ['/\ud800', '/%EF%BF%BD/'],
  ])('sends %j, a folder, to its URL with a slash: %s', (path, location) => {
    expect(verdict('GET', path, 'directory')).toEqual({ kind: 'redirect', status: 301, location });
  });

  it.each(['GET', 'HEAD'])('%s gets a file with its type', (method) => {
    expect(verdict(method, '/a.js', 'file')).toEqual({ kind: 'file', contentType: 'application/javascript' });
  });

  it.each(['GET', 'HEAD', 'POST'])('%s of a folder with its slash continues with the default document', (method) => {
    expect(verdict(method, '/folder/', 'directory')).toEqual({ kind: 'folder' });
  });

  it('a folder without its slash is redirected to its own URL, query kept', () => {
    expect(verdict('GET', '/a folder', 'directory', 'x=1')).toEqual({
      kind: 'redirect',
      status: 301,
      location: '/a%20folder/?x=1',
    });
  });

  it('an entry of a web.config applies to its own path', () => {
    const text =
      '<staticContent><remove fileExtension=".json" /><mimeMap fileExtension=".json" mimeType="application/x" /><mimeMap fileExtension=".mjs" mimeType="text/javascript" /></staticContent>';
    const model = server({ files: { '/apps/dante/web.config': webConfig(text) } });
    const typeOf = (name: string, path: string) => mimeTypeOf(name, readMimeMap(model, at(model, path)));
    expect(typeOf('a.json', '/dante')).toBe('application/x');
    expect(typeOf('a.mjs', '/dante')).toBe('text/javascript');
    expect(typeOf('a.json', '/')).toBe('application/json');
    expect(typeOf('a.mjs', '/')).toBeUndefined();
  });
});

describe('the MIME map', () => {
  const map = new Map([['.js', 'application/javascript']]);
  it('ignores letter case', () => expect(mimeTypeOf('/a/B.JS', map)).toBe('application/javascript'));
  it('has no type for unknown extensions and for names without one', () => {
    expect(mimeTypeOf('a.mjs', map)).toBeUndefined();
    expect(mimeTypeOf('/a.js/LICENSE', map)).toBeUndefined();
  });
  it('honours an entry without endy extension', () => {
    expect(mimeTypeOf('x.y', new Map([['.*', 'text/plain']]))).toBe('text/plain');
  });
});

describe('the WebSocketModule', () => {
  it('handles the upgrade unless it is switched off', () => {
    expect(webSocketVerdict({ enabled: true, origin: undefined })).toMatchObject({
      kind: 'taken',
      failure: { status: 400 },
    });
    expect(webSocketVerdict({ enabled: false, origin: undefined }).kind).toBe('passed-on');
  });
  it('handles upgrades to websocket only', () => {
    expect(isWebSocketRequest({ connection: 'keep-alive, Upgrade', upgrade: 'WebSocket' })).toBe(true);
    expect(isWebSocketRequest({ connection: 'Upgrade', upgrade: 'h2c' })).toBe(false);
    expect(isWebSocketRequest({})).toBe(false);
  });
});

describe('bindings', () => {
  const site = (name: string, ...hosts: string[]) => ({
    name,
    id: 1,
    serverAutoStart: true,
    applications: [],
    bindings: hosts.map((host) => ({ protocol: 'http', address: '*', port: 80, host })),
  });
  const sites = [site('any', ''), site('wild', '*.example.com'), site('exact', 'www.example.com')];
  const find = (host: string) => siteFor(sites, { protocol: 'http', address: '127.0.0.1', port: 80 }, host)?.name;
  it('choose the exact host name, then the wildcard, then the binding without one', () => {
    expect(find('WWW.example.com:80')).toBe('exact');
    expect(find('api.example.com')).toBe('wild');
    expect(find('localhost')).toBe('any');
  });
  it('choose no site if none is bound', () => {
    expect(
      siteFor([site('exact', 'a.example')], { protocol: 'http', address: '127.0.0.1', port: 80 }, 'b.example'),
    ).toBeUndefined();
    expect(siteFor(sites, { protocol: 'http', address: '127.0.0.1', port: 81 }, 'localhost')).toBeUndefined();
  });
});
