import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { compileRewrite, readRewriteConfig } from '../../src/rewrite/index.js';
import {
  bystanderUrls,
  generateWebConfig,
  handlerPathMatches,
  patchWebConfig,
  plainRouteOf,
  readIisnodeSettings,
  routesOf,
  socketIoUrls,
  type WebConfigWants,
} from '../../src/webconfig/index.js';
import { attribute, findElements, parseXml } from '../../src/xml/index.js';
import { serverOf, serverWith } from './site.js';

const routeIn = (text: string): string | undefined => {
  const { model, at } = serverOf(text, '/dante');
  return plainRouteOf(readRewriteConfig(model, at).rules);
};

const dante: WebConfigWants = {
  entry: 'server-socketio.js',
  vdirPath: '/dante',
  processes: 1,
  transports: ['websocket'],
};

const segment = fc.stringMatching(/^[A-Za-z0-9_é][A-Za-z0-9_ .&'=()é-]{0,8}[A-Za-z0-9]$/);
const wants: fc.Arbitrary<WebConfigWants> = fc.record(
  {
    entry: fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `${parts.join('/')}.js`),
    vdirPath: fc.constantFrom('/', '/dante', '/iisnode', '/a b/ü'),
    processes: fc.integer({ min: 0, max: 8 }),
    transports: fc.constantFrom<WebConfigWants['transports'][]>(['websocket'], ['polling'], ['websocket', 'polling']),
    appSettings: fc.dictionary(
      fc.stringMatching(/^[A-Z_]{1,8}$/),
      fc.string({ unit: 'grapheme' }).map((text) => text.replace(/\p{C}/gu, '')),
      { maxKeys: 3 },
    ),
    staticFolders: fc.array(fc.record({ folder: segment, at: segment }), { maxLength: 2 }),
    watchedFolders: fc.array(segment, { maxLength: 2 }),
    home: fc.constantFrom('entry', 'static'),
  },
  { requiredKeys: ['entry', 'vdirPath', 'processes', 'transports'] },
);

describe('the web.config of an app with plain WebSockets', () => {
  const plain = { ...dante, entry: 'server-faye.js', route: 'stream', transportsSetting: false };

  it.each(['/', '/dante'])('at %s sends them to the entry point', (vdirPath) => {
    const routes = routesOf(parseXml(generateWebConfig({ ...plain, vdirPath })), vdirPath);
    expect(['', 'stream', 'stream/', 'stream?next=3'].map((url) => routes.target(url))).toEqual(
      Array(4).fill('server-faye.js'),
    );
  });

  it('names the place of their requests, and is not changed by a patch', () => {
    const text = generateWebConfig(plain);
    expect(routeIn(text)).toBe('stream');
    expect(routeIn(generateWebConfig({ ...plain, route: 'a.b+c' }))).toBe('a.b+c');
    expect(patchWebConfig(text, plain, 'web.config')).toEqual({ text, changes: [] });
    expect(text).not.toContain('socket.io');
  });

  it('is not detected as that of socket.io', () => {
    expect(routeIn(generateWebConfig(dante))).toBeUndefined();
    expect(routeIn('<configuration />')).toBeUndefined();
  });
});

describe('the web.config of a socket.io app', () => {
  it.each(['/', '/dante'])('at %s can be loaded by IIS, with all it needs', (vdirPath) => {
    const { model, at } = serverOf(generateWebConfig({ ...dante, vdirPath }), vdirPath);
    model.check(at);
    const handlers = model.effective('system.webServer/handlers', at).items;
    expect(handlers[0]?.string('name')).toBe('iisnode');
    expect(handlers[0]?.string('path')).toBe('server-socketio.js');
    expect(model.effective('system.webServer/webSocket', at).boolean('enabled')).toBe(false);
    expect(model.effective('system.webServer/httpErrors', at).get('existingResponse')).toBe('PassThrough');
    const settings = model.effective('appSettings', at).items.map((item) => [item.string('key'), item.string('value')]);
    expect(settings).toEqual([
      ['virtualDirPath', vdirPath],
      ['transports', 'websocket'],
    ]);
    expect(compileRewrite(readRewriteConfig(model, at)).problems).toEqual([]);
    const iisnode = readIisnodeSettings(model.effective('system.webServer/iisnode', at), { environment: {}, cpus: 4 });
    expect(iisnode.values).toMatchObject({
      nodeProcessCountPerApplication: 1,
      nodeProcessStickySessions: false,
      devErrorsEnabled: false,
      debuggingEnabled: false,
      gracefulShutdownTimeout: 5000,
      maxNamedPipePooledConnectionAge: 4000,
      maxConcurrentRequestsPerProcess: 20000,
    });
  });

  it.each(['/', '/dante'])(
    'at %s sends every URL to the entry point, the names of files too, and hides no name instead',
    (vdirPath) => {
      const text = generateWebConfig({ ...dante, vdirPath });
      const routes = routesOf(parseXml(text), vdirPath, () => true);
      const files = [...bystanderUrls, 'index-socketio.html', 'x', 'server-socketio.js.map', 'a/web.config'];
      for (const url of [...socketIoUrls, 'socket.io', 'Socket.IO/?EIO=4', '', 'server-socketio.js', ...files]) {
        expect([url, routes.target(url)]).toEqual([url, 'server-socketio.js']);
      }
      expect(text).not.toContain('Segment');
    },
  );

  it('leaves to IIS only the files of the given folders', () => {
    const staticFolders = [
      { folder: 'public', at: '' },
      { folder: 'client/a & b', at: 'assets' },
    ];
    const text = generateWebConfig({ ...dante, staticFolders });
    const there = [
      'public/app.js',
      'public/deep/a.css',
      'client/a & b/b.png',
      'public/server-socketio.js',
      'public/a.ts',
    ];
    const routes = routesOf(parseXml(text), '/dante', (file) => there.includes(file));
    expect(
      ['app.js', 'deep/a.css', 'assets/b.png', 'b.png', 'server-socketio.js', 'a.ts', 'other.js'].map(routes.target),
    ).toEqual(['public/app.js', 'public/deep/a.css', 'client/a & b/b.png', ...Array(4).fill('server-socketio.js')]);
  });

  it('notes that iisnode watches a folder with scripts, and has fewer than 60 lines', () => {
    const text = generateWebConfig({ ...dante, sharing: 'independent', watchedFolders: ['lib', 'lib/deep'] });
    expect(text).toContain('watchedFiles="*.js;*.cjs;*.mjs;lib\\*.js;lib\\deep\\*.js;iisnode.yml"');
    expect(text.trimEnd().split('\n').length).toBeLessThan(60);
    expect(text.match(/<!--(?:(?!-->)[\s\S])*\n/g)).toBeNull(); // Each comment has one line.
  });

  it('loads below an application that has the same web.config, and in it', () => {
    const { model, at } = serverWith('/dante', {
      'c:\\site\\web.config': generateWebConfig({ ...dante, vdirPath: '/', entry: 'root.js' }),
      'c:\\dante\\web.config': generateWebConfig(dante),
    });
    model.check(at);
    const names = model.effective('system.webServer/handlers', at).items.map((item) => item.string('name'));
    expect(names.filter((name) => name === 'iisnode')).toHaveLength(1);
    expect(model.effective('appSettings', at).items.map((item) => item.string('value'))).toEqual([
      '/dante',
      'websocket',
    ]);
    expect(readRewriteConfig(model, at).rules.map(({ name, basePath }) => [name, basePath])).toEqual([
      ['Firefox upgrade', '/dante'],
      ['all to node', '/dante'],
    ]);
  });

  it('requires sticky sessions only if polls could reach the wrong process', () => {
    const sticky = (processes: number, transports: WebConfigWants['transports']): boolean =>
      generateWebConfig({ ...dante, processes, transports }).includes('nodeProcessStickySessions="true"');
    expect(sticky(1, ['websocket', 'polling'])).toBe(false);
    expect(sticky(4, ['websocket'])).toBe(false);
    expect(sticky(4, ['websocket', 'polling'])).toBe(true);
    expect(sticky(0, ['polling'])).toBe(true);
  });

  it("does not buffer node's chunked responses if clients poll, and does not change IIS's other responses", () => {
    const compressed = (text: string, url: string): boolean | undefined => {
      const { model } = serverOf(text);
      const [site] = model.sites;
      return (
        site &&
        model.effective('system.webServer/urlCompression', model.locate(site, url)).boolean('doDynamicCompression')
      );
    };
    const polling = generateWebConfig({ ...dante, transports: ['polling'] });
    expect(compressed(polling, '/dante/server-socketio.js')).toBe(false);
    expect(compressed(polling, '/dante/')).toBe(true);
    expect(polling).toContain('flushResponse="true"');
    const webSocket = generateWebConfig(dante);
    expect(compressed(webSocket, '/dante/server-socketio.js')).toBe(true);
    expect(webSocket).not.toContain('flushResponse');
  });

  it('sets a server variable, which an administrator has to allow first, only for upgrades that would fail without it', () => {
    const rules = findElements(parseXml(generateWebConfig(dante)).root, 'system.webServer/rewrite/rules/rule');
    const setting = rules.filter((rule) => findElements(rule, 'serverVariables/set').length > 0);
    expect(setting.map((rule) => attribute(rule, 'name'))).toEqual(['Firefox upgrade']);
    const conditions = setting.flatMap((rule) => findElements(rule, 'conditions/add'));
    expect(conditions.map((add) => [attribute(add, 'input'), attribute(add, 'pattern')])).toEqual([
      ['{HTTP_UPGRADE}', '^websocket$'],
      ['{HTTP_CONNECTION}', ',\\s*upgrade\\s*$'],
    ]);
  });

  it('has a comment with the reason on each part', () => {
    const text = generateWebConfig({ ...dante, transports: ['websocket', 'polling'] });
    for (const part of [
      '<appSettings>',
      '<handlers>',
      '<rule name="all to node"',
      '<webSocket',
      '<httpErrors',
      '<iisnode\n',
      '<location',
    ]) {
      expect(text.slice(0, text.indexOf(part)).trimEnd().endsWith('-->'), part).toBe(true);
    }
  });

  it.each(['', '/server.js', '../server.js', 'C:\\server.js', 'a,b.js', '{R:0}.js', 'a?b.js', 'a//b.js', 'a\nb.js'])(
    'refuses %j as an entry point',
    (entry) => {
      expect(() => generateWebConfig({ ...dante, entry })).toThrow(UserError);
    },
  );

  it('converts a Windows path to a URL path', () => {
    expect(generateWebConfig({ ...dante, entry: '.\\dist\\server.js' })).toContain('path="dist/server.js"');
  });

  it('contains every given option, and needs no patch', () => {
    fc.assert(
      fc.property(wants, (wanted) => {
        const text = generateWebConfig(wanted);
        const doc = parseXml(text);
        const routes = routesOf(doc, wanted.vdirPath);
        for (const url of socketIoUrls) expect(routes.target(url)).toBe(wanted.entry);
        expect(routes.target('')).toBe(wanted.entry);
        const [handler] = findElements(doc.root, 'system.webServer/handlers/add');
        expect(handlerPathMatches((handler && attribute(handler, 'path')) ?? '', wanted.entry)).toBe(true);
        const settings = findElements(doc.root, 'appSettings/add').map((add) => [
          attribute(add, 'key'),
          attribute(add, 'value'),
        ]);
        expect(Object.fromEntries(settings)).toMatchObject({ virtualDirPath: wanted.vdirPath, ...wanted.appSettings });
        expect(patchWebConfig(text, wanted, 'web.config')).toEqual({ text, changes: [] });
      }),
      { numRuns: 150 },
    );
  });
});
