import { describe, expect, it } from 'vitest';
import { handlerFor, handlerPathMatches, iisnodeHandlers } from '../../src/webconfig/index.js';
import { parseXml } from '../../src/xml/index.js';

describe('a handler path', () => {
  it.each([
    ['*', 'anything/at/all', true],
    ['*.js', 'lib/server.js', true],
    ['*.js', 'lib/server.mjs', false],
    ['server.js', 'server.js', true],
    ['SERVER.JS', 'server.js', true],
    ['server.js', 'public/server.js', true],
    ['server.js', 'myserver.js', false],
    ['bin/www', 'bin/www', true],
    ['bin/www', 'deep/bin/www', true],
    ['bin/www', 'www', false],
    ['server?.js', 'server1.js', true],
    ['server?.js', 'server.js', false],
    ['server-socketio.js', 'server-socketioxjs', false],
    ['./server.js', 'server.js', false],
    ['/server.js', 'server.js', false],
    ['bin\\www', 'bin/www', false],
  ])('%s takes %s: %s', (pattern, url, expected) => {
    expect(handlerPathMatches(pattern, url)).toBe(expected);
  });

  it('with many stars is matched in little time', () => {
    expect(handlerPathMatches(`${'*a'.repeat(50)}b`, 'a'.repeat(5_000))).toBe(false);
  });
});

describe('the handlers of iisnode', () => {
  const doc = parseXml(`<configuration>
  <location path="." inheritInChildApplications="false">
    <system.webServer>
      <handlers>
        <add name="node" path="app.js, server.js" verb="*" modules="iisnode" />
        <add name="static" path="*" verb="*" modules="StaticFileModule" />
        <!-- <add name="commented" path="old.js" verb="*" modules="iisnode" /> -->
      </handlers>
    </system.webServer>
  </location>
  <location path="sub"><system.webServer><handlers><add name="deep" path="x.js" verb="*" modules="iisnode" /></handlers></system.webServer></location>
</configuration>`);

  it('are found under any name, in a location for the folder itself, not in comments or deeper locations', () => {
    expect(iisnodeHandlers(doc).map(({ name, paths }) => [name, paths])).toEqual([['node', ['app.js', 'server.js']]]);
    expect(handlerFor(doc, 'server.js')?.name).toBe('node');
    expect(handlerFor(doc, 'old.js')).toBeUndefined();
  });
});
