import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { deploy } from '../../src/deploy/index.js';
import { freshIis, noteOnFreshIis } from '../../src/deploy/targets/fresh-server.js';
import { makeApp, planFor } from './support.js';

const plan = planFor('/apps/dante');
const written = (serverPath?: string, platform: NodeJS.Platform = 'linux'): unknown[] =>
  ['/apps/dante', '/apps/dante/lib/iisnode'].map((folder) => freshIis(serverPath, platform).serverPath(plan, folder));

describe('the folder of the app in commands for a server that is not here', () => {
  it('is one of Windows: a place for the real one, or what was given', () => {
    expect(written()).toEqual(['C:\\path\\to\\app', 'C:\\path\\to\\app\\lib\\iisnode']);
    expect(written('D:/apps/dante/')).toEqual(['D:\\apps\\dante', 'D:\\apps\\dante\\lib\\iisnode']);
    expect(written('\\\\nas\\web', 'win32')).toEqual(['\\\\nas\\web', '\\\\nas\\web\\lib\\iisnode']);
    expect(noteOnFreshIis(undefined, 'linux')).toContain('for C:\\path\\to\\app, or give it with --server-path');
    expect(noteOnFreshIis('D:\\a', 'linux')).not.toContain('--server-path');
  });

  it('is the one that is here on Windows', () => {
    expect(written(undefined, 'win32')[0]).toBe('/apps/dante');
  });

  it('is in every command of a dry run', async () => {
    const directory = makeApp();
    const serverPath = 'D:\\apps\\dante';
    const result = await deploy({ directory, to: 'iis', dryRun: true, environment: {}, serverPath });
    const lines = result.steps.flatMap(({ commands }) => commands);
    expect(lines.join('\n')).toContain('/physicalPath:D:\\apps\\dante');
    expect(lines.filter((line) => line.includes(path.dirname(directory)))).toEqual([]);
  });

  it.each([
    [{ to: 'iis', dryRun: true, serverPath: 'apps/dante' }, 'SERVER_PATH_INVALID'],
    [{ to: 'embedded', dryRun: true, serverPath: 'C:\\a' }, 'SERVER_PATH_NOT_USED'],
    [{ to: 'x.bat', serverPath: 'C:\\a' }, 'SERVER_PATH_NOT_USED'],
  ])('is refused where it is none, or not used: %j', async (options, code) => {
    await expect(deploy({ directory: makeApp(), environment: {}, ...options })).rejects.toMatchObject({
      code,
      exit: 'usage',
    });
  });
});
