import { describe, expect, it } from 'vitest';
import { applicationHostText, validateDocument } from '../../src/config/index.js';
import { parseXml } from '../../src/xml/index.js';
import { at, names, server } from './support.js';

const text = (unlocked: boolean): string =>
  applicationHostText({
    unlocked,
    pools: ['Own Pool'],
    sites: [
      {
        name: 'Default Web Site',
        id: 1,
        bindings: [{ protocol: 'http', information: '*:80:' }],
        applications: [
          { path: '/', physicalPath: '%SystemDrive%\\inetpub\\wwwroot' },
          { path: '/dante', physicalPath: 'C:\\a "b"', pool: 'dante', preloadEnabled: true },
        ],
      },
    ],
  });

describe('the default applicationHost.config', () => {
  it.each([true, false])('is valid by its own declarations (unlocked: %s)', (unlocked) => {
    expect(validateDocument(parseXml(text(unlocked)), 'applicationHost.config').map(({ message }) => message)).toEqual(
      [],
    );
  });

  it('is indented by four blanks, with CR LF, one element a line', () => {
    const lines = text(false).split('\r\n');
    expect(lines[0]).toBe('<?xml version="1.0" encoding="UTF-8"?>');
    expect(lines.at(-1)).toBe('');
    for (const line of lines) expect(line).toMatch(/^(?: {4})*<[^<]*>$|^$/);
  });

  it('adds the pools that applications name', () => {
    const model = server({ applicationHost: text(false) });
    expect(model.pools).toEqual(['Own Pool', 'DefaultAppPool', 'dante']);
  });

  it('locks handlers and modules as declared, or opens them in a location as ASP.NET does', () => {
    expect(text(false)).not.toContain('<location');
    expect(text(true)).toContain('<location path="" overrideMode="Allow">');
    expect(text(true).match(/<handlers /g)).toHaveLength(1);
  });

  it('lists handlers, documents and hidden segments in the order of a minimal install', () => {
    const model = server();
    expect(names(model, 'system.webServer/handlers', '/')).toEqual([
      'TRACEVerbHandler',
      'OPTIONSVerbHandler',
      'StaticFile',
    ]);
    const files = model.effective('system.webServer/defaultDocument', at(model, '/')).child('files');
    expect(files.items.map((item) => item.string('value'))).toEqual([
      'Default.htm',
      'Default.asp',
      'index.htm',
      'index.html',
      'iisstart.htm',
    ]);
    const filtering = model.effective('system.webServer/security/requestFiltering', at(model, '/'));
    expect(filtering.child('hiddenSegments').items.map((item) => item.string('segment'))).toEqual(['web.config']);
    expect(model.effective('system.webServer/handlers', at(model, '/')).get('accessPolicy')).toEqual([
      'Read',
      'Script',
    ]);
  });

  it('has the global modules of the minimal install, then those of the features', () => {
    const modules = server()
      .server('system.webServer/globalModules')
      .items.map((item) => item.string('name'));
    expect(modules.slice(0, 3)).toEqual(['HttpLoggingModule', 'UriCacheModule', 'FileCacheModule']);
    expect(modules.slice(-4)).toEqual([
      'WebSocketModule',
      'ApplicationInitializationModule',
      'RewriteModule',
      'iisnode',
    ]);
  });

  it.each([
    ['.js', 'application/javascript'],
    ['.json', 'application/json'],
    ['.map', 'text/plain'],
    ['.css', 'text/css'],
    ['.html', 'text/html'],
    ['.htm', 'text/html'],
    ['.txt', 'text/plain'],
    ['.svg', 'image/svg+xml'],
    ['.ico', 'image/x-icon'],
    ['.wasm', 'application/wasm'],
    ['.woff', 'font/x-woff'],
    ['.woff2', 'application/font-woff2'],
    ['.ttf', 'application/octet-stream'],
    ['.eot', 'application/vnd.ms-fontobject'],
    ['.mp4', 'video/mp4'],
    ['.ts', 'video/vnd.dlna.mpeg-tts'],
    ['.less', 'text/css'],
    ['.csv', 'application/octet-stream'],
    ['.appcache', 'text/cache-manifest'],
    ['.xml', 'text/xml'],
  ])('maps %s to %s', (extension, type) => {
    const model = server();
    const map = model.effective('system.webServer/staticContent', at(model, '/')).items;
    expect(map.length).toBeGreaterThan(300);
    expect(map.find((item) => item.string('fileExtension') === extension)?.string('mimeType')).toBe(type);
  });

  it.each(['.mjs', '.webp', '.md', '.yml', '.avif'])('does not map %s', (extension) => {
    expect(text(true)).not.toContain(`fileExtension="${extension}"`);
  });

  it('declares only what is installed', () => {
    const bare = applicationHostText({ pools: [], sites: [], installed: [] });
    expect(bare).not.toMatch(/rewrite/i);
    expect(bare).not.toContain('iisnode');
    expect(validateDocument(parseXml(bare), 'applicationHost.config')).toEqual([]);
  });
});
