import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { cli } from '../support/cli.js';
import { adopt } from './adopt.js';
import { copyOf } from './copy.js';
import { deploy } from './deployed.js';
import { use } from './works.js';

it('an app that was adopted for a site of its own moves to a virtual directory by init, not by deploy alone', async () => {
  const { folder, changed } = await copyOf('listen-number');
  await adopt(folder, { path: '/', processes: 1 });
  const home = path.join(folder, '..', 'home');
  const { code, stdout } = await cli(['deploy', folder, '--to', 'embedded', '--path', '/app', '--json'], {
    environment: { IISNODE_SOCK_HOME: home },
  });
  expect(code).toBe(2);
  const { error } = JSON.parse(stdout) as { error: { code: string; next: string } };
  expect(error).toMatchObject({ code: 'VDIR_PATH_MISMATCH', next: expect.stringMatching(/init \S+ --path \/app/) });
  expect(existsSync(path.join(home, 'deployments.json'))).toBe(false);

  await adopt(folder, { path: '/app', processes: 1 });
  const site = await deploy(folder, '/app');
  const app = { visits: [{ get: '/', text: 'Socket.IO chat' }], conversations: [{ hears: ['connect'] }] } as const;
  await use(app, site.url);
  await site.undeploy();
  expect(changed()).toEqual([]);
});
