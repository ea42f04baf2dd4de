import { describe, expect, it } from 'vitest';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';
import { folderWith } from '../scaffold/workspace.js';

const server = `const server = require('http').createServer();
new (require('socket.io').Server)(server);
server.listen(process.env.PORT);
`;

/** What the rule says of a site with this action for every URL, above the rule for socket.io. */
function said(action: string): { readonly end: string; readonly fixable: boolean }[] {
  const first = `<rule name="all" stopProcessing="true"><match url=".*" />${action}</rule>`;
  const own =
    '<rule name="io" stopProcessing="true"><match url="^socket\\.io(/|$)" /><action type="Rewrite" url="server.js" /></rule>';
  const directory = folderWith({
    'package.json': '{ "dependencies": { "socket.io": "4" } }',
    'server.js': server,
    'web.config': `<configuration><system.webServer><handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers><rewrite><rules>${first}${own}</rules></rewrite><webSocket enabled="false" /></system.webServer></configuration>`,
  });
  const facts = gatherFacts('.', { cwd: directory, vdirPath: '/' });
  return runRules(rules, facts, { only: ['SOCKET_REWRITE_SWALLOWED'] }).diagnoses.map(({ finding }) => ({
    end: finding.message.replace(/^.*: /, ''),
    fixable: finding.fixable === true,
  }));
}

describe("what a rule does with socket.io's requests", () => {
  it.each([
    ['<action type="CustomResponse" statusCode="503" />', 'it is answered with 503.', false],
    ['<action type="AbortRequest" />', 'it is cut off.', false],
    ['<action type="Rewrite" url="index.html" />', 'it is sent to /index.html.', true],
    [
      '<action type="Rewrite" url="http://example.com/x" appendQueryString="false" />',
      'it is sent to http://example.com/x.',
      true,
    ],
  ])('%s: %s, --fix: %s', (action, end, fixable) => expect(said(action)).toEqual([{ end, fixable }]));
});
