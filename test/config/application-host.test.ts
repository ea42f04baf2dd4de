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

  it('adds the pools of the applications', () => {
    const model = server({ applicationHost: text(false) });
    expect(model.pools).toEqual(['Own Pool', 'DefaultAppPool', 'dante']);
  });

  it('locks handlers and modules as declared, or unlocks them in a location like ASP.NET', () => {
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

  it('has the nine error pages, with the attributes that are locked', () => {
    const model = server();
    const section = model.effective('system.webServer/httpErrors', at(model, '/'));
    expect(section.items.map((item) => item.number('statusCode'))).toEqual([
      401, 403, 404, 405, 406, 412, 500, 501, 502,
    ]);
    expect(section.items[0]?.string('path')).toBe('401.htm');
    expect(section.items[0]?.get('subStatusCode')).toBe(-1);
    expect(text(false)).toContain('lockAttributes="allowAbsolutePathsWhenDelegated,defaultPath"');
    expect(text(false)).toContain('<staticContent lockAttributes="isDocFooterFileName">');
  });

  it('compresses the types of a fresh IIS', () => {
    const model = server();
    const section = model.effective('system.webServer/httpCompression', at(model, '/'));
    const types = (child: string): string[] =>
      section.child(child).items.map((item) => `${item.string('mimeType')} ${item.boolean('enabled')}`);
    expect(section.items.map((item) => [item.string('name'), item.get('staticCompressionLevel')])).toEqual([
      ['gzip', 7],
    ]);
    expect(section.items[0]?.get('dynamicCompressionLevel')).toBe(0);
    expect(types('staticTypes')).toEqual([
      'text/* true',
      'message/* true',
      'application/javascript true',
      'application/atom+xml true',
      'application/xaml+xml true',
      'image/svg+xml true',
      '*/* false',
    ]);
    expect(types('dynamicTypes')).toEqual([
      'text/* true',
      'message/* true',
      'application/x-javascript true',
      'application/javascript true',
      '*/* false',
    ]);
  });

  it('has each module of the minimal install locked, and those of other installers unlocked', () => {
    const locked = [...text(false).matchAll(/<add name="(\w+)"( lockItem="true")? \/>/g)].map(([, name, lock]) => [
      name,
      lock !== undefined,
    ]);
    const modules = server().effective('system.webServer/modules', at(server(), '/')).items;
    for (const module of modules.map((item) => item.string('name'))) {
      const isFree = ['RewriteModule', 'iisnode', 'ApplicationInitializationModule'].includes(module);
      expect(locked).toContainEqual([module, !isFree]);
      expect(['UriCacheModule', 'FileCacheModule', 'TokenCacheModule']).not.toContain(module);
    }
  });

  it.each(['.png', '.jpg', '.gif', '.pdf', '.zip', '.ico'])('maps %s', (extension) => {
    expect(text(true)).toContain(`fileExtension="${extension}"`);
  });

  it('declares only what is installed', () => {
    const bare = applicationHostText({ pools: [], sites: [], installed: [] });
    expect(bare).not.toMatch(/rewrite/i);
    expect(bare).not.toContain('iisnode');
    expect(validateDocument(parseXml(bare), 'applicationHost.config')).toEqual([]);
  });
});

describe('the applicationHost.config of a server with more on it', () => {
  const more = (file: string): string =>
    file
      .replace(
        '</configSections>',
        '<sectionGroup name="system.ftpServer"><section name="log" /></sectionGroup><section name="webFarms" /></configSections>',
      )
      .replace('<siteDefaults>', '<siteDefaults>\n<ftpServer serverAutoStart="false"><security /></ftpServer>')
      .replace(
        '<isapiFilters />',
        '<isapiFilters><filter name="ASP.Net_4.0_32bit" path="%windir%\\aspnet_filter.dll" enableCache="true" preCondition="bitness32" /></isapiFilters>',
      )
      .replace(
        '</configuration>',
        '<system.ftpServer><log /></system.ftpServer><webFarms><webFarm name="x" /></webFarms></configuration>',
      );
  const model = server({ edit: more });

  it('is read: FTP, web farms, ISAPI filters', () => {
    expect(model.errors(at(model, '/'))).toEqual([]);
    const filters = model.server('system.webServer/isapiFilters').items;
    expect(filters.map((item) => item.string('name'))).toEqual(['ASP.Net_4.0_32bit']);
  });

  it('has a note for each part that is not checked', () => {
    const notes = model.notes(at(model, '/')).map(({ kind, section, message }) => `${kind} ${section} ${message}`);
    expect(notes).toContain(
      'not-judged system.applicationHost/sites <ftpServer> belongs to another product: its content is not checked',
    );
    expect(notes.filter((note) => note.startsWith('no-schema'))).toHaveLength(2);
  });
});
