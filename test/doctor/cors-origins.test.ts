import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';
import { testFolder } from '../files/folder.js';

const webConfig = `<configuration><system.webServer>
  <handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>
</system.webServer></configuration>`;

function fixesFor(origin: string): (string | undefined)[] {
  const folder = testFolder();
  writeFileSync(path.join(folder, 'web.config'), webConfig);
  writeFileSync(
    path.join(folder, 'server.js'),
    `const server = require('http').createServer();
new (require('socket.io').Server)(server, { cors: { origin: ${origin} } });
server.listen(process.env.PORT);\n`,
  );
  const facts = gatherFacts(folder, { cwd: folder, environment: {} });
  return runRules(rules, facts, { only: ['CORS_ORIGIN_NEVER_SENT'] }).diagnoses.map(({ made }) => made.fix);
}

it.each<[string, string[]]>([
  ["'https://www.example.com/'", ["'https://www.example.com'"]],
  ["['https://www.example.com', 'https://www.example.com/chat']", ["'https://www.example.com'"]],
  ["'www.example.com'", ["'https://www.example.com'"]],
  ["'https://WWW.Example.com'", ["'https://www.example.com'"]],
  ["'https://www.example.com:443'", ["'https://www.example.com'"]],
  ["'http://www.example.com:80/'", ["'http://www.example.com'"]],
  ["'https://*.example.com'", ['a list of origins, or a regular expression']],
  ["'https://www.example.com, https://example.com'", ['a list of origins, or a regular expression']],
])('an origin that no browser sends is named, with the one that is: %s', (origin, fixes) => {
  expect(fixesFor(origin)).toEqual(fixes);
});

it.each([
  "'*'",
  "'null'",
  'true',
  'false',
  "'https://www.example.com'",
  "'http://localhost:3000'",
  "'http://[::1]:8080'",
  "'capacitor://localhost'",
  "'https://xn--mnchen-3ya.de'",
  '/example\\.com$/',
  'process.env.ORIGIN',
  "['https://a.example.com', 'https://b.example.com:8443']",
])('an origin that a browser sends, or that is not known, is not: %s', (origin) => {
  expect(fixesFor(origin)).toEqual([]);
});
