import { expect, it } from 'vitest';
import { appWith, ofTrial, tryApp, webConfig } from './trial-app.js';

const page = "require('fs').readFileSync('views/home.html');\n";
const below = { 'web.config': webConfig('server/main.js'), 'views/home.html': '<p>home' };

it.each([
  [
    'a file of the app',
    { ...below, 'server/main.js': page },
    "path.join(__dirname, '..', 'views', 'home.html'): iisnode runs node in server, not in the app's folder",
  ],
  ['a file that is nowhere', { ...below, 'server/main.js': page.replace('home', 'other') }, undefined],
  [
    'a file of the app from its folder',
    { 'server.js': page.replace('home', 'other'), 'views/home.html': '<p>home' },
    undefined,
  ],
  [
    'the folder of config',
    {
      ...below,
      'config/default.json': '{}',
      'server/main.js': `throw new Error('Configuration property "port" is not defined');\n`,
    },
    '<add key="NODE_CONFIG_DIR" value="../config" /> in appSettings of web.config: iisnode runs node in server, and config looks for its folder there',
  ],
] as const)(
  'the working directory is in the fix where it is why an app crashes that reads %s',
  async (_, files, fix) => {
    const report = await tryApp(appWith(files));
    expect(ofTrial(report)[0]).toMatchObject({ rule: 'APP_CRASHED' });
    expect(ofTrial(report)[0]?.fix).toBe(fix);
  },
);

// Elsewhere the file system finds them itself.
it.runIf(process.platform === 'linux').each([
  ['a module', { 'server.js': "require('./Lib/Rooms');\n", 'lib/rooms.js': '' }, 'lib/rooms.js'],
  ['the index of a folder', { 'server.js': "require('./Lib');\n", 'lib/index.js': '' }, 'lib/index.js'],
  [
    'a module of a module',
    { 'server.js': "require('./lib/a');\n", 'lib/a.js': "require('./B.js');\n", 'lib/b.js': '' },
    'lib/b.js',
  ],
  [
    'an ES module',
    {
      'server.js': "import('./lib/Rooms.mjs').catch((error) => { throw error; });\nsetInterval(() => {}, 1000);\n",
      'lib/rooms.mjs': '',
    },
    'lib/rooms.mjs',
  ],
  [
    'a file',
    { 'server.js': "require('fs').readFileSync(__dirname + '/Views/home.html');\n", 'views/Home.html': '' },
    'views/Home.html',
  ],
] as const)('%s in another case is a note where only Windows finds it', async (_, files, name) => {
  const [found] = ofTrial(await tryApp(appWith({ ...files, 'web.config': webConfig('server.js') })));
  expect(found).toMatchObject({
    rule: 'APP_CRASHED',
    severity: 'info',
    fix: `write the name as it is on disk: ${name}`,
  });
});

it('a module that is there under no name stays an error', async () => {
  const files = { 'server.js': "require('./Lib/Rooms');\n", 'lib/room.js': '', 'web.config': webConfig('server.js') };
  expect(ofTrial(await tryApp(appWith(files)))[0]).toMatchObject({ rule: 'APP_CRASHED', severity: 'error' });
});
