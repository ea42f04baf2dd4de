import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readAppSources } from '../../src/scaffold/app-sources.js';
import { warningsForEio3, warningsForEntry, warningsForTransports } from '../../src/scaffold/warnings.js';

/** How many warnings about transports, old clients and require.main an app with this server gets. */
function warningsOf(comment: string, code = ''): number[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'comments-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const server = `const io = require('socket.io')(require('http').createServer()${code});\n${comment}\n`;
  writeFileSync(path.join(folder, 'server.js'), server);
  const { servers, entry } = readAppSources(folder, 'server.js', []);
  return [
    warningsForTransports(servers),
    warningsForEio3(true, servers),
    warningsForEntry(folder, 'server.js', entry),
  ].map(({ length }) => length);
}

it('what stands in comments alone is not what the app does', () => {
  expect(warningsOf('')).toEqual([1, 1, 0]);
  expect(warningsOf('// transports, allowEIO3\n/* if (require.main === module) start(); */')).toEqual([1, 1, 0]);
  const options = ", { transports: ['websocket'], allowEIO3: true }";
  expect(warningsOf('if (require.main === module) start();', options)).toEqual([0, 0, 1]);
});
