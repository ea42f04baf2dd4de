import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trace } from '../../src/trace/index.js';
import { temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

const webConfig = `<configuration>
  <system.webServer>
    <handlers>
      <add name="iisnode" path="server.js" verb="*" modules="iisnode" />
    </handlers>
    <webSocket enabled="false" />
    <iisnode nodeProcessCountPerApplication="2" />
    <rewrite>
      <rules>
        <rule name="no secrets" stopProcessing="true">
          <match url="^secret(/|$)" />
          <action type="AbortRequest" />
        </rule>
        <rule name="files">
          <match url=".*" />
          <conditions>
            <add input="{REQUEST_FILENAME}" matchType="IsFile" />
          </conditions>
          <action type="None" />
        </rule>
        <rule name="socket.io" stopProcessing="true">
          <match url="^socket\\.io(/|$)" />
          <conditions>
            <add input="{HTTP_HOST}" pattern="^localhost$" />
            <add input="{QUERY_STRING}" pattern="debug" negate="true" />
          </conditions>
          <action type="Rewrite" url="server.js" />
        </rule>
        <rule name="old">
          <match url="^old/(.*)" />
          <action type="Redirect" url="{R:1}" />
        </rule>
      </rules>
      <outboundRules>
        <rule name="no server" preCondition="html">
          <match serverVariable="RESPONSE_SERVER" pattern=".*" />
          <action type="Rewrite" value="" />
        </rule>
        <preConditions>
          <preCondition name="html"><add input="{RESPONSE_CONTENT_TYPE}" pattern="^text/html" /></preCondition>
        </preConditions>
      </outboundRules>
    </rewrite>
  </system.webServer>
</configuration>
`;

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  for (const [name, text] of Object.entries({ dante: webConfig, broken: '<configuration>\n  <system.webServer>\n' })) {
    await mkdir(path.join(folder, name));
    await writeFile(path.join(folder, name, 'web.config'), text);
    await writeFile(path.join(folder, name, 'server.js'), '');
  }
});
afterAll(() => remove());

const at = (url: string, ...more: string[]) => ['trace', url, '--dir', 'dante', '--path', '/dante', ...more];
const run = (args: readonly string[], environment = {}) =>
  cliHere(args, { cwd: folder, environment: { IISNODE_SOCK_HOME: path.join(folder, 'iis'), ...environment } });
/** Paths as they are everywhere: the places shown are below the folder. */
const posix = (text: string): string => text.replaceAll('dante\\', 'dante/').replaceAll('broken\\', 'broken/');

it('takes defaults of package.json, and reports an error beside them as any other', async () => {
  const app = path.join(folder, 'defaults');
  await mkdir(app);
  await writeFile(path.join(app, 'package.json'), '{ "iisnode-sock": { "defaults": { "path": "/x y" } } }');
  await writeFile(path.join(app, 'web.config'), webConfig);
  await writeFile(path.join(app, 'server.js'), '');
  const here = (...args: string[]) => cliHere(['trace', ...args], { cwd: app, environment: {} });
  expect(await here('/x%20y/secret', '--method', 'G T')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('error BAD_METHOD'),
  });
  expect((await here('/x%20y/secret')).stdout).toContain('application /x y');
});

describe('the ladder', () => {
  it('shows every decision on the way to node, with its place', async () => {
    const { code, stdout, stderr } = await run(at('ws://localhost/dante/socket.io/?EIO=4'));
    expect([code, stderr]).toEqual([0, '']);
    expect(posix(stdout)).toBe(`GET http://localhost/dante/socket.io/?EIO=4

URL                /dante/socket.io/?EIO=4
site               Default Web Site, application /dante, dante/socket.io
request filtering  ✔ let through
rewrite rules      - no secrets  dante/web.config:10  "socket.io/" does not match ^secret(/|$)
                   - files  dante/web.config:14
                       "socket.io/" matches .*
                       ✖ {REQUEST_FILENAME} = dante/socket.io is no file
                       a condition fails
                   ✔ socket.io  dante/web.config:21
                       "socket.io/" matches ^socket\\.io(/|$)
                       {R:0} = "socket.io/"   {R:1} = "/"
                       ✔ {HTTP_HOST} = "localhost" matches ^localhost$
                       ✔ {QUERY_STRING} = "EIO=4" does not match debug (negated)
                       -> /dante/server.js?EIO=4
                   - old  dante/web.config:29  not reached
handler            ✔ iisnode  dante/web.config:4
                       "/dante/server.js" matches server.js
                       -> iisnode at /dante/server.js
WebSocket          ✔ webSocket enabled="false": the upgrade goes to iisnode.  dante/web.config:6
iisnode            node sees GET /dante/socket.io/?EIO=4  dante/web.config:7
                       script dante/server.js
                       2 node processes, round robin: no sticky sessions
error pages        existingResponse="Auto": IIS's own pages replace the bodies node writes with 4xx and 5xx
outbound rules     no server  dante/web.config:35
                       tests the header server of responses that match the preCondition html
                       .* -> (nothing)

✔ handler  iisnode runs dante/server.js
    URL after rewriting: /dante/server.js?EIO=4
`);
  });

  it('ends in the error, its status and its place', async () => {
    const { code, stdout } = await run(at('/dante/web.config'));
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^✖ error 404\.8 {2}The segment "web\.config" is hidden .* {2}applicationHost\.config:\d+$/m,
    );
  });

  it('names file and line of a broken web.config', async () => {
    const { code, stdout } = await run(['trace', '/x', '--dir', 'broken', '--path', '/']);
    expect(code).toBe(1);
    expect(posix(stdout)).toMatch(
      /^configuration {6}✖ Configuration file is not well-formed XML: The element .* no end tag .* \(0x8007000d\) {2}broken\/web\.config:2$/m,
    );
    expect(posix(stdout)).toMatch(/^✖ error 500\.19 {2}Configuration file .* {2}broken\/web\.config:2$/m);
  });

  const own = async (name: string, text: string, yml?: string): Promise<void> => {
    await mkdir(path.join(folder, name));
    await writeFile(path.join(folder, name, 'web.config'), text);
    await writeFile(path.join(folder, name, 'server.js'), '');
    if (yml !== undefined) await writeFile(path.join(folder, name, 'iisnode.yml'), yml);
  };

  it('settings that iisnode cannot read end in its own page, which is no answer', async () => {
    await own('yml', webConfig, 'no colon here\n');
    const { code, stdout } = await run(['trace', '/server.js', '--dir', 'yml', '--path', '/']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✖ handler 200 {2}iisnode answers with its own error page {2}yml.iisnode\.yml:1$/m);
  });

  it('an error names the rule that made it, and where httpErrors sends the client', async () => {
    const rule = '<rule name="tea"><match url="^tea" /><action type="CustomResponse" statusCode="403" /></rule>';
    const errors =
      '<httpErrors errorMode="Custom"><remove statusCode="403" /><error statusCode="403" path="https://e.com/403" responseMode="Redirect" /></httpErrors>';
    await own('tea', webConfig.replace('<rules>', `<rules>${rule}`).replace('<rewrite>', `${errors}<rewrite>`));
    const { code, stdout } = await run(['trace', '/tea', '--dir', 'tea', '--path', '/']);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^✖ error 403\.0 {2}Rule "tea" sends this answer\.\n {4}The client gets 302 https:\/\/e\.com\/403$/m,
    );
  });

  it('reports a missing program that iisnode must run', async () => {
    await own(
      'program',
      webConfig.replace('nodeProcessCountPer', 'nodeProcessCommandLine="nowhere.exe" nodeProcessCountPer'),
    );
    const { stdout } = await run(['trace', '/server.js', '--dir', 'program', '--path', '/']);
    expect(stdout).toContain('nodeProcessCommandLine names nowhere.exe, which is not on this machine');
  });

  it('says why a URL that was meant for node ended as a file that is not there', async () => {
    const { stdout } = await run(at('/dante/sockets.io/'));
    expect(stdout).toMatch(
      /\n {4}No rewrite rule changed it and no other handler matches it, so IIS looked for a file/,
    );
  });

  it('names the application that a URL misses', async () => {
    const { code, stdout } = await run(at('/socket.io/'));
    expect(code).toBe(1);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(
      '    /socket.io/ is outside of the application /dante: its web.config is not used.',
    );
  });

  it('shortens long values, and --json does not', async () => {
    const query = 'a'.repeat(3000);
    const { stdout, stderr } = await run(at(`/dante/x?${query}`, '--json'));
    expect(Math.max(...stderr.split('\n').map(({ length }) => length))).toBeLessThan(500);
    expect((JSON.parse(stdout) as Trace).outcome).toMatchObject({
      status: 404,
      subStatus: 15,
      url: `/dante/x?${query}`,
    });
  });

  it('ends in a redirect, or in a dropped connection', async () => {
    const redirect = await run(at('/dante/old/x?y=1'));
    expect([redirect.code, redirect.stdout]).toEqual([
      0,
      expect.stringMatching(/^✔ redirect 301 {2}to http:\/\/localhost\/dante\/x\?y=1$/m),
    ]);
    const abort = await run(at('/dante/secret/x'));
    expect([abort.code, abort.stdout]).toEqual([0, expect.stringMatching(/^✖ abort {2}the connection is dropped/m)]);
  });

  it('has colours where they are wanted, and says the same without them', async () => {
    const plain = await run(at('/dante/socket.io/'));
    const coloured = await run(at('/dante/socket.io/'), { FORCE_COLOR: '1' });
    expect(plain.stdout).not.toContain('\u001b');
    expect(coloured.stdout).toContain('\u001b[32m✔');
    expect(stripVTControlCharacters(coloured.stdout)).toBe(plain.stdout);
    expect((await run(at('/dante/socket.io/'), { FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).toBe(plain.stdout);
  });
});

describe('--json', () => {
  it('is one document on stdout, with the ladder on stderr', async () => {
    const { code, stdout, stderr } = await run(at('/dante/socket.io/?EIO=4', '--json'));
    const trace = JSON.parse(stdout) as Trace;
    expect(code).toBe(0);
    expect(stderr).toContain('rewrite rules');
    expect([trace.url, trace.method]).toEqual(['http://localhost/dante/socket.io/?EIO=4', 'GET']);
    expect(trace.steps.find(({ rule }) => rule === 'socket.io')).toMatchObject({
      stage: 'rewrite',
      matched: true,
      input: 'socket.io/',
      pattern: '^socket\\.io(/|$)',
      captures: ['socket.io/', '/'],
      result: '/dante/server.js?EIO=4',
      line: 21,
    });
    expect(trace.outcome).toEqual({
      kind: 'handler',
      url: '/dante/server.js?EIO=4',
      handler: 'iisnode',
      modules: ['iisnode'],
      script: path.join(folder, 'dante', 'server.js'),
      app: '/dante',
    });
  });

  it('says the same outcome, and gives the same exit code, for an error', async () => {
    const { code, stdout } = await run(at('/dante/nowhere', '--json'));
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as Trace).outcome).toMatchObject({
      kind: 'error',
      status: 404,
      subStatus: 0,
      url: '/dante/nowhere',
      app: '/dante',
    });
  });
});

describe('the vdir path of the folder', () => {
  const site = (name: string, settings: string): Promise<void> =>
    mkdir(path.join(folder, name)).then(async () => {
      await writeFile(path.join(folder, name, 'server.js'), '');
      await writeFile(
        path.join(folder, name, 'web.config'),
        webConfig.replace('<configuration>', `<configuration>\n  <appSettings>${settings}</appSettings>`),
      );
    });

  it('is what its web.config says, as for serve and deploy, and the trace says so', async () => {
    await site('named', '<add key="virtualDirPath" value="/named" />');
    const { code, stdout, stderr } = await run([
      'trace',
      'http://localhost/named/socket.io/?EIO=4',
      '--dir',
      'named',
      '--json',
    ]);
    const { steps, outcome } = JSON.parse(stdout) as Trace;
    expect([code, outcome.app, outcome.handler]).toEqual([0, '/named', 'iisnode']);
    expect(steps.find(({ stage, note }) => stage === 'site' && note !== undefined)).toEqual({
      stage: 'site',
      note: 'the vdir path is /named, from virtualDirPath; --path changes it',
      file: path.join(folder, 'named', 'web.config'),
      line: 2,
    });
    expect(stderr.replaceAll('\\', '/')).toMatch(/^ {19}the vdir path is \/named, .* {2}named\/web\.config:2$/m);
  });

  it('is --path where that is given, the root too', async () => {
    await site('elsewhere', '<add key="virtualDirPath" value="/named" />');
    for (const [place, url] of [
      ['/', '/socket.io/'],
      ['/other', '/other/socket.io/'],
    ] as const) {
      const { stdout } = await run(['trace', url, '--dir', 'elsewhere', '--path', place, '--json']);
      const { steps, outcome } = JSON.parse(stdout) as Trace;
      expect([outcome.app, outcome.handler]).toEqual([place, 'iisnode']);
      expect(steps.filter(({ stage }) => stage === 'site')).toHaveLength(1);
    }
  });

  it("is the folder's name where it says none, as for serve and deploy", async () => {
    await site('unsaid', '<add key="other" value="/b" />');
    const { stdout, stderr } = await run(['trace', '/unsaid/socket.io/', '--dir', 'unsaid', '--json']);
    expect((JSON.parse(stdout) as Trace).outcome).toMatchObject({ app: '/unsaid', handler: 'iisnode' });
    expect(stderr).toMatch(/^path \/unsaid: the folder's name; change it with --path$/m);
    const outside = await run(['trace', '/socket.io/', '--dir', 'unsaid', '--json']);
    expect((JSON.parse(outside.stdout) as Trace).outcome).toMatchObject({ app: '/', kind: 'error', status: 404 });
  });

  it('that IIS does not take is refused, as by serve and deploy', async () => {
    await site('wrong', '<add key="virtualDirPath" value="/a/../b" />');
    const { code, stderr } = await run(['trace', '/socket.io/', '--dir', 'wrong']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('error VDIR_PATH_INVALID') });
  });

  it('may have further applications beside it', async () => {
    await site('kid', '');
    const apps = ['--path', '/dante', '--app', '/kid=kid'];
    const { code, stdout } = await run(['trace', '/kid/socket.io/', '--dir', 'dante', ...apps, '--json']);
    const script = path.join(folder, 'kid', 'server.js');
    expect([code, (JSON.parse(stdout) as Trace).outcome]).toMatchObject([0, { app: '/kid', script }]);
    const wrong = await run(['trace', '/', '--dir', 'dante', '--app', 'kid']);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('error BAD_APP')]);
    const { stderr } = await run(['trace', '/', '--dir', 'dante', '--app', 'kid=kid']);
    expect(stderr).toContain('next: npx iisnode-sock trace / --dir dante --app "/kid=kid"\n');
  });
});

describe('an upgrade', () => {
  it.each([
    ['ws://localhost/dante/socket.io/', []],
    ['/dante/socket.io/', ['--header', 'Upgrade: websocket']],
    ['/dante/socket.io/', ['--header', 'Upgrade: websocket', '--header', 'Connection: Upgrade']],
  ])('is asked for by %s %j', async (url, headers) => {
    const { stdout } = await run(at(url, ...headers, '--json'));
    expect((JSON.parse(stdout) as Trace).steps.find(({ stage }) => stage === 'websocket')).toMatchObject({
      matched: false,
      note: 'webSocket enabled="false": the upgrade goes to iisnode.',
    });
  });

  it('is forecast for a plain request: what the WebSocketModule would do with one', async () => {
    const { stdout } = await run(at('/dante/socket.io/'));
    expect(stdout).toContain('an upgrade of this URL would go to iisnode.');
  });

  it("of Firefox's is lost in iisnode, unless a rule fixes its header", async () => {
    const { stdout } = await run(at('ws://localhost/dante/socket.io/', '--header', 'Connection: keep-alive, Upgrade'));
    expect(stdout).toContain('iisnode sends keep-alive instead, and node sees no upgrade');
  });
});

describe('the request', () => {
  it('may have another method and further headers', async () => {
    const options = ['--method', 'post', '--header', 'Host: example.org', '--header', 'X-A: b', '--json'];
    const { stdout } = await run(at('/dante/socket.io/', ...options));
    const { method, steps } = JSON.parse(stdout) as Trace;
    expect(method).toBe('POST');
    expect(steps.find(({ rule }) => rule === 'socket.io')?.conditions?.[0]).toMatchObject({
      expanded: 'example.org',
      matched: false,
    });
  });

  it.each(['http://localhost/dante/socket.io/', 'localhost/dante/socket.io/', '/dante/socket.io/', 'dante/socket.io/'])(
    'may be written as %s',
    async (url) => {
      const { code, stdout } = await run(at(url, '--json'));
      expect(code).toBe(0);
      expect((JSON.parse(stdout) as Trace).outcome.url).toBe('/dante/server.js');
    },
  );

  it.each([
    ['an unknown scheme', ['ftp://localhost/x'], /error BAD_URL/],
    ['what Git Bash makes of a path', ['C:/Program Files/Git/dante/'], /error BAD_URL[\s\S]*Git Bash/],
    ['a folder that is not there', ['/x', '--dir', 'nowhere'], /error DIRECTORY_NOT_FOUND/],
    ['an applicationHost.config that is not there', ['/x', '--apphost', 'nowhere.config'], /error APPHOST_NOT_FOUND/],
    ['a scheme without slashes', ['http:/localhost/dante/'], /error BAD_URL/],
    ['a port that is none', ['http://localhost:99999/'], /error BAD_URL[\s\S]*65535/],
    ['no host', ['http://'], /error BAD_URL[\s\S]*It has no host/],
    ['a method that is none', ['/x', '--method', 'G T'], /error BAD_METHOD/],
    ['an empty method', ['/x', '--method', ''], /error BAD_METHOD/],
    ['a folder below a file', ['/x', '--dir', 'dante/web.config/x'], /error DIRECTORY_NOT_FOUND/],
    ['a folder that is a file', ['/x', '--dir', 'dante/web.config'], /error DIRECTORY_IS_FILE/],
    [
      'an applicationHost.config that is none',
      ['/x', '--apphost', 'dante/server.js'],
      /error CONFIG_ERROR[\s\S]*server\.js/,
    ],
    ['a vdir path that is none', ['/x', '--path', 'C:/dante'], /error VDIR_PATH_INVALID/],
    ['an unknown option', ['/x', '--nope'], /error USAGE/],
    ['no URL', [], /error USAGE/],
    ['a header without a colon', ['/x', '--header', 'nonsense'], /error BAD_HEADER/],
  ])('is refused with exit code 2 for %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await run(['trace', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(3);
  });

  it('that cannot be traced is a document, too, with --json', async () => {
    for (const args of [['http:/x'], ['/x', '--dir', 'nowhere'], ['/x', '--method', 'G T'], ['/x', '--header', 'y']]) {
      const { code, stdout } = await run(['trace', ...args, '--json']);
      expect([code, Object.keys(JSON.parse(stdout) as object)]).toEqual([2, ['version', 'error']]);
    }
  });

  it.each([
    ['--dir', 'nowhere'],
    ['--path', '/x'],
    ['--app', '/x=.'],
  ])('beside an applicationHost.config %s is refused: only the file says where apps are', async (...option) => {
    await writeFile(path.join(folder, 'server.config'), '<configuration />');
    const { code, stderr } = await run(['trace', '/x', '--apphost', 'server.config', ...option]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(`error OPTION_NOT_USED  ${option[0]} `),
    });
    expect((await run(['trace', '/x', '--apphost', 'server.config'])).stderr).toMatch(/error SITE_NOT_FOUND/);
  });

  it('goes through the applicationHost.config that is named', async () => {
    const file = path.join(folder, 'own.config');
    const site = (name: string, port: number, root: string) =>
      `<site name="${name}" id="${port}"><application path="/"><virtualDirectory path="/" physicalPath="${root}" /></application><bindings><binding protocol="http" bindingInformation="*:${port}:" /></bindings></site>`;
    const sections = `<configSections><sectionGroup name="system.applicationHost"><section name="sites" /></sectionGroup></configSections>`;
    const sites = site('One', 80, path.join(folder, 'broken')) + site('Two', 81, path.join(folder, 'dante'));
    await writeFile(
      file,
      `<configuration>${sections}<system.applicationHost><sites>${sites}</sites></system.applicationHost></configuration>`,
    );
    const { stdout, code } = await run(['trace', 'http://localhost:81/x', '--apphost', file, '--json']);
    const { steps, outcome } = JSON.parse(stdout) as Trace;
    expect(code).toBe(1);
    expect(steps.find(({ stage }) => stage === 'site')?.result).toMatch(/^Two, application \//);
    // That server has neither URL Rewrite nor iisnode: their sections are not declared.
    expect(outcome).toMatchObject({ status: 500, subStatus: 19, file: path.join(folder, 'dante', 'web.config') });
  });
});
