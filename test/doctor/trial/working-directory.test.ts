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
