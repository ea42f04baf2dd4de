import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { readApp } from '../../src/app/index.js';
import { deploy } from '../../src/deploy/index.js';
import { runRulesAt } from '../../src/doctor/index.js';
import { freshWorld } from '../appcmd/support.js';
import { makeApp, temporaryDirectory } from './support.js';

/** The files of XML texts that were parsed, by the very parser. */
const parsed = vi.hoisted((): string[] => []);
vi.mock('../../src/xml/scanner.js', async (original) => {
  const real = await original<typeof import('../../src/xml/scanner.js')>();
  const scan: typeof real.scan = (text) => {
    if (text.includes('iisnode')) parsed.push(text);
    return real.scan(text);
  };
  return { ...real, scan };
});

it('one deploy parses the web.config of the app once, its warnings and the server included', async () => {
  const directory = makeApp();
  const { appcmd } = freshWorld();
  const environment = { IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home') };
  const app = readApp(directory, { environment });
  runRulesAt('deploy', app);
  const done = await deploy({ directory, appcmd, environment, verify: false }, () => undefined, app);
  expect(done.changed).toBe(true);
  const own = parsed.filter((text) => text.includes('key="virtualDirPath"'));
  expect(own).toHaveLength(1);
});
