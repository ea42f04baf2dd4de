import { describe, expect, it } from 'vitest';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';
import { folderWith } from '../scaffold/workspace.js';

const webConfig = (own: string, location: string, path = 'server.js'): string => `<configuration>
  <system.webServer>
    ${own}
    <handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>
    <rewrite><rules><rule name="all"><match url=".*" /><action type="Rewrite" url="server.js" /></rule></rules></rewrite>
  </system.webServer>
  <location path="${path}">
    <system.webServer>
      ${location}
    </system.webServer>
  </location>
</configuration>
`;
const off = '<webSocket enabled="false" />';
const inLocation = 9;

/** The rules that find something, with their lines. */
function foundIn(text: string): string[] {
  const cwd = folderWith({
    'package.json': '{ "dependencies": { "socket.io": "4" } }',
    'node_modules/socket.io/package.json': '{ "name": "socket.io", "version": "4.8.1" }',
    'web.config': text,
    'server.js': `const server = require('http').createServer();
const io = new (require('socket.io').Server)(server);
server.listen(process.env.PORT);
`,
  });
  return runRules(rules, gatherFacts('.', { cwd, vdirPath: '/' })).diagnoses.map(
    ({ finding: { rule, line } }) => `${rule}:${line}`,
  );
}

describe('a fault inside the <location> of the program has its line there', () => {
  it.each([
    ['<webSocket enabled="true" />', 'WEBSOCKET_MODULE_ENABLED'],
    ['<handlers><remove name="iisnode" /></handlers>', 'REWRITE_TARGET_UNHANDLED'],
    ['<handlers><clear /></handlers>', 'REWRITE_TARGET_UNHANDLED'],
    ['<handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>', 'DUPLICATE_ENTRY'],
    ['<httpRedirect enabled="true" destination="https://new.example.com" />', 'SOCKET_REQUESTS_REFUSED'],
    ['<iisnode nodeProcessCountPerApplication="4" />', 'POLLING_WITHOUT_STICKY_SESSIONS'],
    ['<iisnode nodeProcessCount="4" />', 'CONFIG_ERROR'],
  ])('%s', (location, rule) => expect(foundIn(webConfig(off, location))).toEqual([`${rule}:${inLocation}`]));

  const filtering = (xml: string): string => `<security><requestFiltering>${xml}</requestFiltering></security>`;
  it.each([
    '<verbs allowUnlisted="false"><add verb="GET" allowed="true" /></verbs>',
    '<fileExtensions allowUnlisted="false"><add fileExtension=".html" allowed="true" /></fileExtensions>',
    '<hiddenSegments><add segment="socket.io" /></hiddenSegments>',
    '<requestLimits maxQueryString="20" />',
  ])('and in that of the sockets: %s', (xml) =>
    expect(foundIn(webConfig(off, filtering(xml), 'socket.io'))).toEqual([`SOCKET_REQUESTS_REFUSED:${inLocation}`]),
  );
});

describe('and nothing is said of a <location>', () => {
  it('in which the program has what the app lacks', () => expect(foundIn(webConfig('', off))).toEqual([]));

  it.each([
    '<webSocket enabled="true" />',
    '<handlers><clear /><add name="files" path="*" verb="GET" modules="StaticFileModule" resourceType="File" /></handlers>',
    '<httpRedirect enabled="true" destination="https://new.example.com" />',
    '<security><requestFiltering><verbs allowUnlisted="false" /></requestFiltering></security>',
  ])('of another URL: %s', (location) => expect(foundIn(webConfig(off, location, 'uploads'))).toEqual([]));
});
