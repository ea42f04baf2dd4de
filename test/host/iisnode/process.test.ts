import { afterEach, describe, expect, it } from 'vitest';
import { type Site, type SiteOptions, site } from './harness.js';

let running: Site | undefined;
const open = async (options: SiteOptions): Promise<Site> => {
  running = await site(options);
  return running;
};
afterEach(() => running?.close());

interface Echo {
  readonly pid: number;
  readonly argv: string[];
  readonly cwd: string;
  readonly isMain: boolean;
  readonly env: Record<string, string>;
}
const echo = async (from: Site, target?: string): Promise<Echo> => JSON.parse((await from.get(target)).text);

describe('a node process', () => {
  it('listens on a pipe of its own given in PORT, in the script folder, with the script as argv[1] and not as main', async () => {
    const dante = await open({ fixture: 'echo.js', environment: { PORT: '3000' } });
    const { argv, cwd, env, isMain } = await echo(dante);
    if (process.platform === 'win32') expect(env.PORT).toMatch(/^\\\\\.\\pipe\\[0-9a-f-]{36}$/);
    else expect(env.PORT).toMatch(/^\/.*\/iisnode-\d+-[0-9a-f]{6}-\w{6}\/[0-9a-f]+$/);
    expect(argv).toEqual([process.execPath, dante.script]);
    expect(cwd).toBe(dante.folder);
    expect(isMain).toBe(false);
  });

  it('has the worker environment, IISNODE_VERSION, appSettings, NODE_ENV and the log variables', async () => {
    const dante = await open({
      fixture: 'echo.js',
      settings: { node_env: 'production', maxLogFiles: 7 },
      appSettings: [
        ['vdirPath', '/dante'],
        ['', 'skipped'],
        ['empty', ''],
        ['PORT', '8888'],
      ],
      environment: { FROM_WORKER: 'yes' },
    });
    const { env } = await echo(dante);
    expect(env).toMatchObject({
      FROM_WORKER: 'yes',
      IISNODE_VERSION: '0.2.27',
      NODE_PENDING_PIPE_INSTANCES: '5000',
      vdirPath: '/dante',
      empty: '',
      NODE_ENV: 'production',
      IISNODE_LOGGINGENABLED: '1',
      IISNODE_LOGDIRECTORY: 'iisnode',
      IISNODE_MAXLOGFILES: '7',
      IISNODE_MAXLOGFILESIZEINKB: '128',
      IISNODE_MAXTOTALLOGFILESIZEINKB: '1024',
    });
    expect(env.PORT).not.toBe('8888');
    expect(Object.keys(env)).not.toContain('');
    expect(env.IISNODE_CONTROL_PIPE).toBeUndefined();
    expect(env.IISNODE_SOCK_LIFELINE).toBeUndefined();
  });

  it('has no log variables when logging is off', async () => {
    const dante = await open({ fixture: 'echo.js', settings: { loggingEnabled: false } });
    const { env } = await echo(dante);
    expect(Object.keys(env).filter((name) => name.startsWith('IISNODE_LOG'))).toEqual([]);
  });
});
