import { describe, expect, it } from 'vitest';
import {
  defaultDocumentCandidates,
  isWebSocketRequest,
  mimeTypeOf,
  siteFor,
  webSocketVerdict,
} from '../../../src/host/index.js';

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

describe('the MIME map', () => {
  const map = new Map([['.js', 'application/javascript']]);
  it('ignores letter case', () => expect(mimeTypeOf('/a/B.JS', map)).toBe('application/javascript'));
  it('has nothing for unknown extensions and for names without one', () => {
    expect(mimeTypeOf('a.mjs', map)).toBeUndefined();
    expect(mimeTypeOf('/a.js/LICENSE', map)).toBeUndefined();
  });
  it('honours an entry for every extension', () => {
    expect(mimeTypeOf('x.y', new Map([['.*', 'text/plain']]))).toBe('text/plain');
  });
});

describe('the WebSocketModule', () => {
  it('takes the upgrade unless it is switched off', () => {
    expect(webSocketVerdict({ enabled: true, origin: undefined })).toMatchObject({
      kind: 'taken',
      failure: { status: 400 },
    });
    expect(webSocketVerdict({ enabled: false, origin: undefined }).kind).toBe('passed-on');
  });
  it('looks at upgrades to websocket only', () => {
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
  const find = (host: string) => siteFor(sites, { address: '127.0.0.1', port: 80 }, host)?.name;
  it('choose the exact host name, then the wildcard, then the binding without one', () => {
    expect(find('WWW.example.com:80')).toBe('exact');
    expect(find('api.example.com')).toBe('wild');
    expect(find('localhost')).toBe('any');
  });
  it('choose no site where none is bound', () => {
    expect(siteFor([site('exact', 'a.example')], { address: '127.0.0.1', port: 80 }, 'b.example')).toBeUndefined();
    expect(siteFor(sites, { address: '127.0.0.1', port: 81 }, 'localhost')).toBeUndefined();
  });
});
