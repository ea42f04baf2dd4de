import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { folderWith } from '../harness.js';
import { type AppHost, serveApp, visit } from '../hostile/app-support.js';
import { until } from './harness.js';

let app: AppHost | undefined;
afterEach(() => app?.close());

it.each<[string, Record<string, string>, string, [string, number]]>([
  [
    'a syntax error in a module that is required',
    { 'server.js': "const a = 1;\nrequire('./lib/bad');", 'lib/bad.js': 'const x = 1;\n\nconst y = ;\n' },
    "SyntaxError: Unexpected token ';'",
    ['lib/bad.js', 3],
  ],
  [
    'a JSON file that is none',
    { 'server.js': "\nrequire('./config.json');", 'config.json': '{\n  "a": 1,\n}\n' },
    'config.json: Expected double-quoted property name in JSON at position 12',
    ['config.json', 3],
  ],
  [
    'an error the app logs behind a long log before it ends itself',
    { 'server.js': "console.error('x'.repeat(200000));\n\nconsole.error(new Error('late'));\nprocess.exit(1);" },
    'Error: late',
    ['server.js', 3],
  ],
])('PROCESS_EXITED names %s, file and line', async (_what, files, text, [file, line]) => {
  const { 'server.js': source = '', ...others } = files;
  for (const logDirectory of ['iisnode', folderWith()]) {
    app = await serveApp(source, `logDirectory="${logDirectory}"`, others);
    const { port, events, folder } = app;
    await visit(port, '/');
    await until(() => events.some(({ code }) => code === 'PROCESS_EXITED'));
    const said = events.find(({ code }) => code === 'PROCESS_EXITED');
    expect(said).toMatchObject({ message: expect.stringContaining(text), file: path.join(folder, file), line });
    await app.close();
  }
});
