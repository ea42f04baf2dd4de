import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trace } from '../../src/trace/index.js';
import { cli, temporaryFolder } from '../support/cli.js';

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
  cli(args, { cwd: folder, environment: { IISNODE_SOCK_HOME: path.join(folder, 'iis'), ...environment } });
/** Paths as they are everywhere: the places shown are below the folder. */
const posix = (text: string): string => text.replaceAll('dante\\', 'dante/').replaceAll('broken\\', 'broken/');

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
                       looks at the header server of responses that fit the preCondition html
                       .* -> (nothing)

✔ handler  iisnode (iisnode) runs dante/server.js
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
    const { code, stdout } = await run(['trace', '/x', '--dir', 'broken']);
    expect(code).toBe(1);
    expect(posix(stdout)).toMatch(
      /^configuration {6}✖ Configuration file is not well-formed XML: The element .* \(0x8007000d\) {2}broken\/web\.config:2$/m,
    );
    expect(posix(stdout)).toMatch(/^✖ error 500\.19 {2}Configuration file .* {2}broken\/web\.config:2$/m);
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
    ['a header without a colon', ['/x', '--header', 'nonsense'], /error BAD_HEADER/],
  ])('is refused with exit code 2 for %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await run(['trace', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(3);
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
