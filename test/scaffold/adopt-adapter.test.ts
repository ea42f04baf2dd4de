import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { initWithoutLoader as init } from '../support/init.js';
import { folderWith, talk } from './workspace.js';

const server = `const { createServer } = require('http');
const { Server } = require('socket.io');
const server = createServer();
const io = new Server(server);
server.listen(process.env.PORT);
`;
const app = { 'package.json': '{ "name": "chat", "dependencies": { "socket.io": "^4" } }', 'server.js': server };
const packages = '@redis/client @socket.io/redis-streams-adapter';

/** A new app. */
async function made(options: Record<string, unknown>): Promise<string> {
  const directory = folderWith();
  await init({ directory, path: '/x', install: false, ...options }, talk());
  return directory;
}

describe('an adapter for an app that is there', () => {
  it.each([
    ['dante', false, 'lib/adapter.js', 'init NAME --template dante --adapter redis --no-install'],
    ['chat', true, 'src/lib/adapter.ts', 'init NAME --template chat --adapter redis --typescript --no-install'],
  ])('that init made of %s is one file and its dependencies', async (template, typescript, file, command) => {
    const directory = await made({ template, typescript });
    await expect(init({ directory, adapter: 'redis' }, talk())).rejects.toMatchObject({
      code: 'ADAPTER_NOT_ADOPTED',
      next: `npm install ${packages}, and replace ${file} by the one of a new app (${command}); then run init again`,
    });
  });

  it('is taken when that is done', async () => {
    const [directory, other] = [await made({}), await made({ adapter: 'redis' })];
    copyFileSync(path.join(other, 'lib/adapter.js'), path.join(directory, 'lib/adapter.js'));
    const file = path.join(directory, 'package.json');
    const dependencies = { '@redis/client': '^6', '@socket.io/redis-streams-adapter': '^0.3', 'socket.io': '^4' };
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), dependencies }));
    await init({ directory, adapter: 'redis', processes: 2 }, talk());
    expect(readFileSync(path.join(directory, 'web.config'), 'utf8')).toContain('<add key="REDIS_URL"');
  });

  it.each([
    [app, 'lib/adapter.js', ''],
    [{ ...app, 'tsconfig.json': '{}' }, 'src/lib/adapter.ts', ' --typescript'],
    [{ ...app, 'lib/adapter.js': 'module.exports = class UsbAdapter {};' }, 'lib/adapter.js', ''],
    [{ ...app, 'adapter.js': 'module.exports = class UsbAdapter {};' }, 'adapter.js', ''],
  ])("of the user's own code gets advice: the line of a new app in its language", async (files, file, more) => {
    const asked = init({ directory: folderWith(files), path: '/x', adapter: 'redis' }, talk());
    await expect(asked).rejects.toMatchObject({
      code: 'ADAPTER_NOT_ADOPTED',
      next: `npm install ${packages}, and attach it as in ${file} of a new app (init NAME --adapter redis${more}); then run init again`,
    });
  });

  it('with plain WebSockets is none', async () => {
    const directory = await made({ template: 'dante-faye' });
    await expect(init({ directory, adapter: 'redis' }, talk())).rejects.toMatchObject({
      code: 'ADAPTER_NOT_ADOPTED',
      next: 'omit --adapter',
    });
  });
});

describe('--adapter none', () => {
  it.each([false, true])('says what stays of the adapter that an app has (TypeScript: %s)', async (typescript) => {
    const directory = await made({ template: 'chat', adapter: 'redis', typescript });
    const { nothingToDo, warnings } = await init({ directory, adapter: 'none' }, talk());
    expect(nothingToDo).toBe(true);
    expect(warnings).toEqual([
      `the adapter stays, because adopting does not change code: ${typescript ? 'src/lib/adapter.ts' : 'lib/adapter.js'}, @redis/client and @socket.io/redis-streams-adapter in package.json, REDIS_URL in web.config`,
    ]);
  });

  it("reports an adapter that the user's code attaches", async () => {
    const files = {
      'package.json': '{ "dependencies": { "socket.io": "^4", "@socket.io/postgres-adapter": "^0.4" } }',
      'server.js': `${server}io.adapter(require('@socket.io/postgres-adapter').createAdapter());\n`,
    };
    const { warnings } = await init({ directory: folderWith(files), path: '/x', adapter: 'none' }, talk());
    expect(warnings).toEqual([
      'the adapter stays, because adopting does not change code: server.js:6, @socket.io/postgres-adapter in package.json',
    ]);
  });

  it('says nothing where there is none, or where none is asked about', async () => {
    const warned = async (directory: string, adapter?: string) =>
      (await init({ directory, path: '/x', ...(adapter && { adapter }) }, talk())).warnings;
    expect(await warned(folderWith(app), 'none')).toEqual([]);
    expect(await warned(await made({ template: 'chat' }), 'none')).toEqual([]);
    expect(await warned(await made({ template: 'chat', adapter: 'redis' }))).toEqual([]);
  });
});
