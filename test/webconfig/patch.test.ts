import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import {
  generateWebConfig,
  patchWebConfig,
  routesOf,
  socketIoUrls,
  type WebConfigWants,
} from '../../src/webconfig/index.js';
import { attribute, findElements, parseXml } from '../../src/xml/index.js';
import { serverOf } from './site.js';

const wants: WebConfigWants = {
  entry: 'server.js',
  vdirPath: '/dante',
  processes: 1,
  transports: ['websocket', 'polling'],
};

const webServer = (content: string): string =>
  `<?xml version="1.0"?>\n<configuration>\n  <system.webServer>\n${content}\n  </system.webServer>\n</configuration>\n`;
/** A file that already runs an app has its own rules. */
const handler = '    <handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>';
const rules = (content: string): string =>
  webServer(`    <rewrite>\n      <rules>\n${content}\n      </rules>\n    </rewrite>`);

function patched(source: string, wanted: WebConfigWants = wants): { text: string; changes: readonly string[] } {
  const result = patchWebConfig(source, wanted, 'web.config');
  expect(patchWebConfig(result.text, wanted, 'web.config')).toEqual({ text: result.text, changes: [] });
  const routes = routesOf(parseXml(result.text), wanted.vdirPath);
  for (const url of socketIoUrls) expect(routes.target(url)).toBe(wanted.entry);
  const { model, at } = serverOf(result.text, wanted.vdirPath);
  model.check(at);
  expect(model.effective('system.webServer/webSocket', at).boolean('enabled')).toBe(false);
  return result;
}

const about = (changes: readonly string[], topic: RegExp): string[] => changes.filter((change) => topic.test(change));

describe('patching', () => {
  it('keeps a file readable that declares a code page, whatever the vdir path', () => {
    const source = '<?xml version="1.0" encoding="windows-1252"?>\r\n<configuration>\r\n</configuration>\r\n';
    const wanted = { ...wants, vdirPath: '/café' };
    const { text } = patchWebConfig(source, wanted, 'web.config');
    expect(patchWebConfig(text, wanted, 'web.config').changes).toEqual([]);
    expect(text).toContain('value="/caf&#233;"');
    expect(parseXml(Buffer.from(text)).text).toBe(text);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it("puts a rule for socket.io below the one that fixes Firefox's header, which it needs", () => {
    const home = '<rule name="home"><match url="^$" /><action type="Rewrite" url="server.js" /></rule>';
    const { text } = patched(generateWebConfig(wants).replace(/<rule name="all to node"[\s\S]*?<\/rule>/, home));
    expect([...text.matchAll(/<rule name="([^"]+)"/g)].map(([, name]) => name)).toEqual([
      'Firefox upgrade',
      'socket.io',
      'home',
    ]);
  });

  it.each(['<configuration/>', '<configuration></configuration>', '\ufeff<configuration>\r\n</configuration>\r\n'])(
    'generates everything if the file is %j',
    (source) => {
      const { text } = patched(source);
      expect(text.startsWith('\ufeff')).toBe(source.startsWith('\ufeff'));
      if (source.includes('\r\n')) expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    },
  );

  describe('sends every URL to the entry point', () => {
    const everywhere = (text: string): boolean => {
      const routes = routesOf(parseXml(text), wants.vdirPath, () => true);
      return ['', 'index.html', 'lib/a.js', '.env', 'server.js'].every((url) => routes.target(url) === 'server.js');
    };

    it.each([
      ['nothing is there', '<configuration />'],
      ['sections of others are there', webServer('    <urlCompression doStaticCompression="true" />')],
      ['no rule decides', rules('        <rule name="x"><match url=".*" /><action type="None" /></rule>')],
    ])('if %s, and hides no names', (_, source) => {
      const { text, changes } = patched(source);
      expect(about(changes, /^rules:/)).toEqual([
        'rules: added "all to node": every URL goes to server.js, and IIS serves no files of the folder',
      ]);
      expect(everywhere(text)).toBe(true);
      expect(text).not.toContain('hiddenSegments');
    });

    it('below a redirect, which stays in force', () => {
      const redirect = `        <rule name="www" stopProcessing="true">
          <match url="(.*)" />
          <conditions><add input="{HTTP_HOST}" pattern="^www\\." /></conditions>
          <action type="Redirect" url="https://example.com/{R:1}" />
        </rule>`;
      const { text } = patched(rules(redirect));
      expect(everywhere(text)).toBe(true);
      expect(text).toContain(redirect);
      expect(text.indexOf('name="www"')).toBeLessThan(text.indexOf('name="all to node"'));
    });

    it.each([
      ['runs an app', webServer(handler)],
      [
        'has the handler of one under its name',
        webServer('    <handlers><add name="iisnode" path="server.js" verb="*" /></handlers>'),
      ],
      [
        'sends requests to a page',
        rules('        <rule name="spa"><match url="^app" /><action type="Rewrite" url="index.html" /></rule>'),
      ],
      [
        'leaves requests to IIS',
        rules('        <rule name="files" stopProcessing="true"><match url="^files/" /><action type="None" /></rule>'),
      ],
    ])('not if the file %s: that stays, and names are hidden as well as possible', (_, source) => {
      const { text } = patched(source);
      expect(text).not.toContain('all to node');
      expect(text).toContain('<add segment="node_modules" />');
    });

    it("hides no segment of the app's own URL, and the log folder under another name", () => {
      const wanted = { ...wants, vdirPath: '/node_modules/IISNODE' };
      const { root } = parseXml(patchWebConfig(webServer(handler), wanted, 'web.config').text);
      const path = 'system.webServer/security/requestFiltering/hiddenSegments/add';
      const hidden = findElements(root, path).map((add) => attribute(add, 'segment'));
      expect(hidden).toEqual(['iisnode-logs', 'package.json', 'package-lock.json', '.env', '.git']);
      const [iisnode] = findElements(root, 'system.webServer/iisnode');
      expect(iisnode && attribute(iisnode, 'logDirectory')).toBe('iisnode-logs');
    });
  });

  it('inserts its parts in the style of the file, and keeps the rest unchanged', () => {
    const source =
      "<?xml version='1.0' encoding='utf-8'?>\r\n<!-- ours -->\r\n<configuration>\r\n\t<appSettings>\r\n\t\t<add key='A' value='1'/> <!-- a -->\r\n\t</appSettings>\r\n\t<connectionStrings />\r\n</configuration>";
    const { text } = patched(source);
    expect(text).toContain(
      "<add key='A' value='1'/> <!-- a -->\r\n\t\t<remove key='virtualDirPath' />\r\n\t\t<add key='virtualDirPath' value='/dante' />\r\n\t</appSettings>\r\n\t<connectionStrings />",
    );
    expect(text).not.toMatch(/[^\r]\n/);
    expect(text).not.toMatch(/^ {2}<|\w="/m);
  });

  it('understands handlers and rules under other names', () => {
    const { changes } = patched(
      webServer(`    <handlers>
      <add name="my node" path="app.js,Server.js" verb="GET,POST,OPTIONS" modules="iisnode" />
    </handlers>
    <rewrite>
      <rules>
        <rule name="everything">
          <match url="(.*)" />
          <conditions><add input="{REQUEST_FILENAME}" matchType="IsFile" negate="true" /></conditions>
          <action type="Rewrite" url="server.js" />
        </rule>
      </rules>
    </rewrite>`),
    );
    expect(about(changes, /handler |handlers:|rule/)).toEqual([]);
  });

  it.each([
    ['unanchored', '<match url="socket.io" />', ''],
    ['with a wildcard for a tail', '<match url="socket.io.+" />', ' patternSyntax="ECMAScript"'],
    ['with an open end', '<match url="^socket\\.io" />', ''],
    ['for the whole vdir path, which never matches', '<match url="^dante/socket\\.io" />', ''],
    ['as a wildcard', '<match url="*socket.io*" />', ' patternSyntax="Wildcard"'],
    ['as an exact match', '<match url="socket.io" />', ' patternSyntax="ExactMatch"'],
  ])('fixes a rule that is %s in place', (_, match, syntax) => {
    const { text, changes } = patched(
      rules(
        `        <rule name="SocketIO"${syntax}>\n          ${match}\n          <action type="Rewrite" url="server.js" />\n        </rule>`,
      ),
    );
    expect(about(changes, /SocketIO/)[0]).toContain('the pattern is "');
    expect(text.match(/<rule /g)).toHaveLength(2);
    const routes = routesOf(parseXml(text), '/dante');
    expect(routes.target('docs/socket.io/index.html')).toBe('docs/socket.io/index.html');
  });

  it("does not mistake the rule for the app's own URL for that of socket.io if the entry point has its name", () => {
    const named = { ...wants, entry: 'my-socket.io-server.js' };
    const home = `<rule name="home"><match url="^$" /><action type="Rewrite" url="${named.entry}" /></rule>`;
    const source = generateWebConfig(named).replace(/<rule name="all to node"[\s\S]*?<\/rule>/, home);
    const { text, changes } = patched(source, named);
    expect(about(changes, /rule/)).toEqual([
      `rules: added "socket.io", which sends socket.io's requests to ${named.entry}`,
    ]);
    expect(routesOf(parseXml(text), named.vdirPath).target('')).toBe(named.entry);
  });

  it.each([
    '<security><authentication><anonymousAuthentication enabled="false" /></authentication></security>',
    '<httpErrors errorMode="Sometimes" />',
    '<staticContent><mimeMap fileExtension=".json" mimeType="text/json" /></staticContent>',
  ])('recognises the rules beside entries that IIS rejects: %s', (refused) => {
    const rule =
      '        <rule name="SocketIO">\n          <match url="socket.io" />\n          <action type="Rewrite" url="server.js" />\n        </rule>';
    const source = rules(rule).replace('<system.webServer>', `<system.webServer>${refused}`);
    const { text, changes } = patchWebConfig(source, wants, 'web.config');
    expect(about(changes, /SocketIO/)[0]).toContain('the pattern is "');
    expect(text).toContain(/<\w+ [^>]*>/.exec(refused)?.[0]);
    expect(patchWebConfig(text, wants, 'web.config').changes).toEqual([]);
  });

  it('does not change a rule for another path', () => {
    const own =
      '        <rule name="own">\n          <match url="^socketio/" />\n          <action type="Rewrite" url="server.js" />\n        </rule>';
    expect(patched(rules(own)).text).toContain(own);
  });

  it('moves its rule above one that matches its requests', () => {
    const source = rules(`        <!-- all to the page -->
        <rule name="page" stopProcessing="true">
          <match url=".*" />
          <action type="Rewrite" url="index.html" />
        </rule>
        <rule name="io" stopProcessing="true">
          <match url="^socket\\.io(/|$)" />
          <action type="Rewrite" url="server.js" />
        </rule>`);
    const { text, changes } = patched(source);
    expect(about(changes, /"io"/)).toEqual(['rule "io": moved above "page", which matched its requests']);
    expect(text.indexOf('name="io"')).toBeLessThan(text.indexOf('<!-- all to the page -->'));
  });

  it('keeps a redirect to https first', () => {
    const { text } = patched(
      rules(`        <rule name="https" stopProcessing="true">
          <match url="(.*)" />
          <conditions><add input="{HTTPS}" pattern="off" /></conditions>
          <action type="Redirect" url="https://{HTTP_HOST}{REQUEST_URI}" />
        </rule>
        <rule name="io" stopProcessing="true">
          <match url="^socket\\.io(/|$)" />
          <action type="Rewrite" url="server.js" />
        </rule>`),
    );
    expect(text.indexOf('name="https"')).toBeLessThan(text.indexOf('name="io"'));
  });

  it('adds a rule beside one of the same name for something else', () => {
    const { text } = patched(
      rules(
        '        <rule name="Socket.IO">\n          <match url="^other$" />\n          <action type="None" />\n        </rule>',
      ).replace('    <rewrite>', `${handler}\n    <rewrite>`),
    );
    expect(text).toContain('name="socket.io 2"');
  });

  it.each(['./server.js', '/server.js', '.\\server.js'])('fixes the handler path %s, which never matches', (path) => {
    const { text, changes } = patched(
      webServer(`    <handlers>\n      <add name="x" path="${path}" verb="*" modules="iisnode" />\n    </handlers>`),
    );
    expect(text).toContain('<add name="x" path="server.js" verb="*" modules="iisnode" />');
    expect(about(changes, /handler "x"/)).toHaveLength(1);
  });

  it('adds a handler beside one for another entry point, above a handler without endything', () => {
    const { text } = patched(
      webServer(
        '    <handlers>\n      <remove name="WebDAV" />\n      <add name="all" path="*" verb="*" modules="StaticFileModule" />\n      <add name="iisnode" path="old.js" verb="*" modules="iisnode" />\n    </handlers>',
      ),
    );
    expect(text).toMatch(
      /WebDAV" \/>\n {6}<remove name="iisnode-2" \/>\n {6}<add name="iisnode-2" path="server.js"[^\n]*\n {6}<add name="all"/,
    );
  });

  it('gives a handler the verbs and the module it lacks', () => {
    const handler = (attributes: string): string =>
      webServer(`    <handlers>\n      <add name="iisnode" path="server.js" ${attributes} />\n    </handlers>`);
    expect(patched(handler('verb="GET" modules="iisnode"')).text).toContain('verb="*" modules="iisnode"');
    expect(patched(handler('verb="*"')).text).toContain(
      '<add name="iisnode" path="server.js" verb="*" modules="iisnode" />',
    );
  });

  it("switches IIS's WebSocket module off, also if only a comment contains it", () => {
    expect(patched(webServer('    <webSocket enabled="true" pingInterval="00:00:10" />')).text).toContain(
      '<webSocket enabled="false" pingInterval="00:00:10" />',
    );
    expect(patched(webServer('    <!-- <webSocket enabled="false" /> -->')).text.match(/<webSocket/g)).toHaveLength(2);
  });

  it('keeps existing values, and sets the requested ones', () => {
    const source = webServer(
      `${handler}\n    <iisnode nodeProcessCountPerApplication="2" devErrorsEnabled="true" logDirectory="logs" />`,
    );
    const { processes: _, ...unsaid } = wants;
    const { text } = patched(source, unsaid);
    expect(text).toContain('nodeProcessCountPerApplication="2" devErrorsEnabled="true" logDirectory="logs"');
    expect(text).toContain('nodeProcessStickySessions="true"');
    expect(text).toContain('<add segment="logs" />');
    for (const processes of [4, 1]) {
      const asked = patched(source, { ...wants, processes }).text;
      expect(asked).toContain(`nodeProcessCountPerApplication="${processes}"`);
    }
  });

  it('changes the vdir path if another one is given, and reports it', () => {
    const { text } = patched('<configuration/>');
    const moved = patched(text, { ...wants, vdirPath: '/' });
    expect(moved.changes).toEqual(['appSettings: virtualDirPath is "/", was "/dante"']);
  });

  it('keeps existing error pages, default documents and segments', () => {
    const { text, changes } = patched(
      webServer(`    <httpErrors errorMode="Custom" />
    <defaultDocument><files><add value="start.html" /></files></defaultDocument>
    <security><requestFiltering><hiddenSegments><remove segment="node_modules" /></hiddenSegments></requestFiltering></security>`),
    );
    expect(about(changes, /httpErrors|home|node_modules/)).toEqual([]);
    expect(text).toContain('<httpErrors errorMode="Custom" />');
  });

  it('works inside a location for the folder itself', () => {
    const { text } = patched(
      '<configuration>\n  <location path="." inheritInChildApplications="false">\n    <system.webServer>\n      <handlers>\n      </handlers>\n    </system.webServer>\n  </location>\n</configuration>',
    );
    const { root } = parseXml(text);
    expect(findElements(root, 'system.webServer')).toEqual([]);
    expect(findElements(root, 'location').map((each) => attribute(each, 'path'))).toEqual(['.', 'server.js']);
  });

  describe("keeps IIS from compressing node's answers where clients poll", () => {
    const off = (text: string): boolean => {
      const { model } = serverOf(text);
      const [site] = model.sites;
      if (!site) throw new Error('no site');
      const at = model.locate(site, '/dante/server.js');
      return model.effective('system.webServer/urlCompression', at).boolean('doDynamicCompression') === false;
    };
    const said = /^urlCompression: /;

    it('at the entry point only, in addition to the setting of the file for all', () => {
      const { text, changes } = patched(webServer('    <urlCompression doStaticCompression="true" />'));
      expect(about(changes, said)).toHaveLength(1);
      expect(text).toContain('<urlCompression doStaticCompression="true" />');
      expect(off(text)).toBe(true);
    });

    it.each([
      ['a location for it', '<location path="Server.js"><system.webServer><caching /></system.webServer></location>'],
      ['an empty location for it', '<location path="server.js" allowOverride="true"></location>'],
      [
        'the section without this setting',
        '<location path="server.js"><system.webServer><urlCompression doStaticCompression="false" /></system.webServer></location>',
      ],
    ])('in %s', (_what, location) => {
      const { text } = patched(`<configuration>\n  ${location}\n</configuration>`);
      expect(text.match(/<location/g)).toHaveLength(1);
      expect(off(text)).toBe(true);
    });

    it.each([
      webServer('    <urlCompression doDynamicCompression="False" />'),
      '<configuration><location path="server.js"><system.webServer><urlCompression doDynamicCompression="true" /></system.webServer></location></configuration>',
    ])('unless the file has a setting: %s', (source) => {
      expect(about(patched(source).changes, said)).toEqual([]);
    });

    it('and nowhere else', () => {
      const source = webServer('    <handlers />');
      expect(patched(source, { ...wants, transports: ['websocket'] }).text).not.toMatch(/urlCompression|flushResponse/);
      expect(patched(source).text).toContain('flushResponse="true"');
    });
  });

  it('keeps a minified file on one line', () => {
    expect(patched('<configuration><system.webServer><handlers/></system.webServer></configuration>').text).not.toMatch(
      /<\/\w+>\n\s*<(?!!)/,
    );
  });

  it.each([
    ['WEB_CONFIG_MALFORMED', '<configuration>\n  <a>\n</configuration>', 'site/web.config, line 2, column 3'],
    ['WEB_CONFIG_NOT_CONFIGURATION', '<project/>', '<project>'],
    [
      'WEB_CONFIG_ELSEWHERE',
      '<configuration>\n<appSettings configSource="a.config"/></configuration>',
      'line 2: <appSettings> is in another file, a.config',
    ],
  ])('refuses with %s and changes nothing', (code, source, sentence) => {
    try {
      patchWebConfig(source, wants, 'site/web.config');
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      expect([error.code, error.exitCode]).toEqual([code, 2]);
      expect(error.what).toContain(sentence);
    }
  });
});
