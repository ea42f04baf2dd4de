import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type IisnodeConfigurationError, iisnodeSettingsOf, serveSite } from '../../src/host/index.js';
import { folderWith, webConfig } from './harness.js';

/** The settings of bin/server.js in a site of these files; `watched` names what was watched for it. */
function settings(
  attributes: string,
  files: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
) {
  const directory = folderWith({
    'web.config': webConfig(`<iisnode ${attributes} />`),
    'bin/server.js': '',
    ...files,
  });
  const model = serveSite({ directory, vdirPath: '/', environment })();
  const [site] = model.sites;
  if (site === undefined) throw new Error('no site');
  const watched: string[] = [];
  const read = () =>
    iisnodeSettingsOf(
      { model, at: model.locate(site, '/bin/server.js') },
      { environment, watch: (file) => watched.push(path.relative(directory, file)) },
    );
  return { read, watched, directory };
}

function refusal(read: () => unknown): IisnodeConfigurationError {
  try {
    read();
  } catch (error) {
    if (error instanceof Error && error.name === 'IisnodeConfigurationError') return error as IisnodeConfigurationError;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('iisnode.yml', () => {
  it('is looked for in the folder of the script, and watched there', () => {
    const { read, watched } = settings('', { 'iisnode.yml': 'maxLogFiles: 1', 'bin/iisnode.yml': 'maxLogFiles: 2' });
    expect(read().values.maxLogFiles).toBe(2);
    expect(watched).toEqual([path.join('bin', 'iisnode.yml')]);
  });

  it('need not be there', () => {
    expect(settings('maxLogFiles="3"', {}).read().values.maxLogFiles).toBe(3);
    expect(settings('configOverrides="no/such/folder.yml"', {}).read().values.maxLogFiles).toBe(20);
  });

  it('has the name that configOverrides gives, in web.config or in the environment', () => {
    const files = { 'bin/other.yml': 'maxLogFiles: 4', 'bin/third.yml': 'maxLogFiles: 5' };
    expect(settings('configOverrides="other.yml"', files).read().values.maxLogFiles).toBe(4);
    const environment = { IISNODE_configOverrides: 'third.yml' };
    expect(settings('configOverrides="other.yml"', files, environment).read().values.maxLogFiles).toBe(5);
  });

  it('goes before web.config and environment', () => {
    const environment = { IISNODE_maxLogFiles: '6' };
    expect(settings('maxLogFiles="5"', {}, environment).read().values.maxLogFiles).toBe(6);
    expect(
      settings('maxLogFiles="5"', { 'bin/iisnode.yml': 'maxLogFiles: 7' }, environment).read().values.maxLogFiles,
    ).toBe(7);
  });

  it('that is empty sets nothing', () => {
    expect(settings('maxLogFiles="5"', { 'bin/iisnode.yml': '' }).read().values.maxLogFiles).toBe(5);
  });

  it('with configOverrides="" is the folder itself: 1032', () => {
    expect(refusal(settings('configOverrides=""', {}).read).win32).toBe(1032);
  });

  it('with a line that is none is 1032, with file and line', () => {
    const { read, directory } = settings('', { 'bin/iisnode.yml': 'a: 1\nfree text' });
    expect(refusal(read)).toMatchObject({ win32: 1032, file: path.join(directory, 'bin', 'iisnode.yml'), line: 2 });
  });
});

describe('settings that cannot be read', () => {
  it.each([
    ['maxLogFile="1"', "Unrecognized attribute 'maxLogFile'"],
    ['maxLogFiles="many"', "The 'maxLogFiles' attribute is invalid.  Not a valid unsigned integer"],
    ['loggingEnabled="1"', "The 'loggingEnabled' attribute is invalid.  Not a valid boolean"],
  ])('%s is 1031 at its line', (attributes, message) => {
    const { read, directory } = settings(attributes, {});
    expect(refusal(read)).toMatchObject({ win32: 1031, message, file: path.join(directory, 'web.config'), line: 4 });
  });

  it('in the environment are 1031', () => {
    expect(refusal(settings('', {}, { IISNODE_loggingEnabled: 'yes' }).read).win32).toBe(1031);
  });
});
