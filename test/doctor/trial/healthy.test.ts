import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { doctor, init } from '../../../src/library.js';
import { root, temporaryFolder } from '../../support/cli.js';
import { appWith, namesIn } from './trial-app.js';

it.each(['dante', 'chat', 'minimal'] as const)(
  'the template %s works in a trial, and its folder is as before',
  async (template) => {
    const { folder, remove } = await temporaryFolder();
    onTestFinished(remove);
    const directory = path.join(folder, template);
    await init({ directory, template, install: false });
    symlinkSync(path.join(root, 'node_modules'), path.join(directory, 'node_modules'));
    const before = namesIn(directory);
    const { findings, trial } = await doctor({ directory, run: true });
    expect(findings.filter(({ known }) => known === 'trial')).toEqual([]);
    expect(trial).toMatchObject({ ran: true, outcome: 'works' });
    expect(namesIn(directory)).toEqual(before);
  },
);

const unaware = `const express = require('express');
const app = express();
app.get('/', (q, r) => r.send('<script src="/socket.io/socket.io.js"></script><script>io()</script>'));
const http = require('node:http').createServer(app);
new (require('socket.io').Server)(http);
http.listen(45880);\n`;
const declared = '{ "dependencies": { "express": "5", "socket.io": "4" } }';

/** Without the web.config of `appWith`: init writes one. */
async function adopted(server: string): Promise<string> {
  const directory = appWith({ 'server.js': server, 'package.json': declared, 'web.config': '<configuration />' });
  await init({ directory, path: '/', install: false, loader: 'always' });
  return directory;
}

it('an app that the loader starts works in a trial, though it listens on a port', async () => {
  const { findings, trial } = await doctor({ directory: await adopted(unaware), path: '/', run: true });
  expect(findings.filter(({ known }) => known === 'trial')).toEqual([]);
  expect(trial).toMatchObject({ ran: true, outcome: 'works' });
});

it('a crash of an app that the loader starts has the line and the name of the app', async () => {
  const { findings } = await doctor({ directory: await adopted(`${unaware}null.x;\n`), path: '/', run: true });
  expect(findings[0]).toMatchObject({
    rule: 'APP_CRASHED',
    line: 7,
    message: expect.stringMatching(/^server\.js ends /),
  });
});

it('a package that is missing behind the loader has no place in the loader, and the name to install', async () => {
  const directory = await adopted(
    unaware.replace('http.listen', "require(['dot', 'env/config'].join(''));\nhttp.listen"),
  );
  const { findings } = await doctor({ directory, path: '/', run: true });
  expect(findings[0]).toMatchObject({ rule: 'APP_CRASHED', fix: expect.stringContaining('with dotenv among') });
  expect(findings[0]?.file ?? 'server.js').toMatch(/server\.js$/);
});
