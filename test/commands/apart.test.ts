import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readApp } from '../../src/app/index.js';
import { examineApart } from '../../src/commands/apart.js';
import { UserError } from '../../src/errors.js';
import { catchAll } from '../support/catch-all.js';
import { temporaryFolder } from '../support/cli.js';

/** An app with so many sources, and a vdir path in web.config that is not the one it has. */
async function appWith(sources: number) {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  const code = Array.from({ length: 40 }, (_, at) => `export const a${at} = (b) => fetch('/api/' + b + ${at});\n`);
  mkdirSync(path.join(folder, 'src'));
  for (let at = 0; at < sources; at++) writeFileSync(path.join(folder, 'src', `m${at}.js`), code.join(''));
  writeFileSync(path.join(folder, 'server.js'), "require('http').createServer().listen(process.env.PORT);");
  const settings = '<appSettings><add key="virtualDirPath" value="/one" /></appSettings>';
  writeFileSync(path.join(folder, 'web.config'), catchAll(settings));
  const place = { directory: folder, vdirPath: '/two', by: 'option' } as const;
  return { app: readApp(folder, { environment: {}, vdirPath: '/two' }), place };
}

it.each([1, 600])('says the same of an app with %i sources, and leaves the event loop to the host', async (sources) => {
  const { app, place } = await appWith(sources);
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 5);
  onTestFinished(() => clearInterval(timer));
  const { signal } = new AbortController();
  const warnings = await examineApart(app, { kind: 'warnings', place, apps: [], environment: {} }, signal);
  expect(warnings).toMatchObject([{ level: 'warning', code: 'VDIR_PATH_MISMATCH' }]);
  if (sources > 1) expect(turns).toBeGreaterThan(10);
});

it('ends when it is asked to', async () => {
  const { app, place } = await appWith(600);
  const controller = new AbortController();
  const asked = { kind: 'warnings', place, apps: [], environment: {} } as const;
  const examined = examineApart(app, asked, controller.signal);
  controller.abort();
  await expect(examined).rejects.toMatchObject({ code: 'INTERRUPTED' });
  await expect(examineApart(app, asked, controller.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' });
});

it('gives the findings of the doctor', async () => {
  const { app } = await appWith(600);
  const { directory } = app;
  const asked = { kind: 'findings', directory, vdirPath: '/two', cwd: directory, environment: {} } as const;
  const findings = await examineApart(app, asked, new AbortController().signal);
  expect(findings.map(({ rule }) => rule)).toContain('VDIR_PATH_MISMATCH');
});

it.each([1, 600])('with %i sources an error of the user is one, also out of the thread', async (sources) => {
  const { app } = await appWith(sources);
  const directory = path.join(app.directory, 'gone');
  const asked = { kind: 'findings', directory, vdirPath: '/two', cwd: app.directory, environment: {} } as const;
  const error = await examineApart(app, asked, new AbortController().signal).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/), exit: 'usage' });
});
