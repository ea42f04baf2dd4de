import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

/** The codes for the site where nobody gets in without Windows, with another web.config. */
function codesWith(change: (config: string) => string): string[] {
  const directory = copyOf('windows-auth-on-sockets');
  const file = path.join(directory, 'web.config');
  const config = readFileSync(file, 'utf8');
  const changed = change(config);
  expect(changed).not.toBe(config);
  writeFileSync(file, changed);
  return runRules(rules, gatherFacts(directory, { cwd: '/' })).diagnoses.map(({ finding }) => finding.rule);
}

it('is no word about sockets where anonymous access is allowed as well', () => {
  expect(
    codesWith((config) =>
      config.replace('enabled="false" />\n        <windows', 'enabled="true" />\n        <windows'),
    ),
  ).not.toContain('WINDOWS_AUTH_ON_SOCKETS');
});

it.each(['server.js', 'socket.io'])('is no word where a <location> for %s allows anonymous access', (place) => {
  const location = `  <location path="${place}">
    <system.webServer>
      <security>
        <authentication>
          <anonymousAuthentication enabled="true" />
        </authentication>
      </security>
    </system.webServer>
  </location>
</configuration>`;
  expect(codesWith((config) => config.replace('</configuration>', location))).not.toContain('WINDOWS_AUTH_ON_SOCKETS');
});

it('is a word where the <location> is for other URLs', () => {
  const location =
    '  <location path="login"><system.webServer><security><authentication><anonymousAuthentication enabled="true" /></authentication></security></system.webServer></location>\n</configuration>';
  expect(codesWith((config) => config.replace('</configuration>', location))).toContain('WINDOWS_AUTH_ON_SOCKETS');
});
