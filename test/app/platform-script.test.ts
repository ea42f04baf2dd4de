import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readApp } from '../../src/app/index.js';
import { appFacts, findLogs } from '../../src/deploy/app-facts.js';
import { escapeAttribute } from '../../src/xml/index.js';
import { testFolder } from '../files/folder.js';

const handler = '<handlers><add name="p" path="*" verb="*" modules="httpPlatformHandler" /></handlers>';
const platform = (processPath: string, words: string): string =>
  `<httpPlatform processPath="${escapeAttribute(processPath)}" arguments="${escapeAttribute(words)}" stdoutLogEnabled="true" />`;

function folderWith(inner: string, files: readonly string[]): string {
  const root = testFolder();
  for (const name of files) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), 'console.log(1);\n');
  }
  writeFileSync(
    path.join(root, 'web.config'),
    `<configuration><system.webServer>${inner}</system.webServer></configuration>`,
  );
  return root;
}

describe('the script that HttpPlatformHandler starts is the same for deploy and the doctor', () => {
  it.each<[string, string, string, readonly string[], string]>([
    ['of node', 'node', 'server.js', ['server.js'], 'server.js'],
    [
      'of node by its full path',
      'C:\\Program Files\\nodejs\\node.exe',
      '.\\src\\server.js',
      ['src/server.js'],
      'src/server.js',
    ],
    [
      'behind an option that takes a file',
      'node.exe',
      '--require ./first.cjs server.js',
      ['first.cjs', 'server.js'],
      'server.js',
    ],
    [
      'behind an option, of node by its full path',
      'C:\\Program Files\\nodejs\\node.exe',
      '-r ./first.cjs "my app.js" --port %HTTP_PLATFORM_PORT%',
      ['first.cjs', 'my app.js'],
      'my app.js',
    ],
    ['without an ending', 'node', '.\\bin\\www', ['bin/www'], 'bin/www'],
    ['whose ending node adds', 'node', 'server', ['server.js'], 'server.js'],
    ['of tsx, in TypeScript', 'node_modules\\.bin\\tsx.cmd', 'src\\server.ts', ['src/server.ts'], 'src/server.ts'],
    [
      'of another program, behind its options',
      'bun.exe',
      '--watch run src/server.tsx',
      ['src/server.tsx'],
      'src/server.tsx',
    ],
  ])('%s', (_name, processPath, words, files, script) => {
    const folder = folderWith(handler + platform(processPath, words), files);
    const app = readApp(folder);
    expect(app.platformScript).toBe(script);
    expect(appFacts(app, { directory: folder }).entry).toBe(script);
    expect(app.entries.map(({ name, from }) => [name, from])).toEqual([[script, 'platform']]);
    expect(findLogs(app).logBase).toBe('httpplatform-stdout');
  });

  it('also where a rule rewrites to another script, which IIS sends as a file', () => {
    const rule =
      '<rewrite><rules><rule name="r"><match url="^old$" /><action type="Rewrite" url="client.js" /></rule></rules></rewrite>';
    const folder = folderWith(handler + platform('node', 'server.js') + rule, ['server.js', 'client.js']);
    const app = readApp(folder);
    expect(app.platformScript).toBe('server.js');
    expect(app.entries.map(({ name }) => name)).toEqual(['server.js']);
  });

  it('is none where iisnode runs the app, or no file of the app is named', () => {
    const iisnode = '<handlers><add name="i" path="app.js" verb="*" modules="iisnode" /></handlers>';
    expect(readApp(folderWith(iisnode + platform('node', 'server.js'), ['app.js', 'server.js'])).platformScript).toBe(
      undefined,
    );
    expect(readApp(folderWith(handler + platform('node', '-e 1'), ['server.js'])).platformScript).toBe(undefined);
  });
});
