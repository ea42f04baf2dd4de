import { describe, expect, it } from 'vitest';
import { sectionSchema } from '../../src/config/index.js';
import {
  IisnodeConfigError,
  type IisnodeSettingsOptions,
  iisnodeAttributes,
  iisnodeDefaults,
  type ResolvedIisnodeSettings,
  readIisnodeSettings,
} from '../../src/webconfig/index.js';
import { serverOf } from './site.js';

function resolve(attributes: string, options: Partial<IisnodeSettingsOptions> = {}): ResolvedIisnodeSettings {
  const text = `<configuration>\n  <system.webServer>\n    <iisnode ${attributes} />\n  </system.webServer>\n</configuration>`;
  const { model, at } = serverOf(text);
  return readIisnodeSettings(model.effective('system.webServer/iisnode', at), { environment: {}, cpus: 4, ...options });
}

function refusal(attributes: string, options: Partial<IisnodeSettingsOptions>): IisnodeConfigError {
  try {
    resolve(attributes, options);
  } catch (error) {
    if (error instanceof IisnodeConfigError) return error;
    throw error;
  }
  throw new Error('It was read without an error.');
}

describe('iisnode settings', () => {
  it('has the 34 attributes of the schema, with its defaults', () => {
    const schema = sectionSchema('system.webServer/iisnode');
    expect(iisnodeAttributes).toHaveLength(34);
    const texts = Object.entries(iisnodeDefaults).map(([name, value]) => [name, String(value)]);
    expect([...(schema?.element?.attributes.values() ?? [])].map((known) => [known.name, known.default])).toEqual(
      texts,
    );
  });

  it('are the defaults if none is set, with counts computed and variables expanded', () => {
    const { values, sources } = resolve('', { environment: { NODE_ENV: 'production' } });
    expect(values).toEqual({
      ...iisnodeDefaults,
      asyncCompletionThreadCount: 4,
      interceptor: '"C:\\Program Files\\iisnode\\interceptor.js"',
      node_env: 'production',
    });
    expect(sources.asyncCompletionThreadCount).toBe('computed');
    expect(sources.watchedFiles).toBe('default');
  });

  it('keep the literal %node_env% if the worker has no such variable', () => {
    expect(resolve('').values.node_env).toBe('%node_env%');
  });

  it('come from web.config, environment and iisnode.yml, the later over the earlier', () => {
    const { values, sources, origins } = resolve(
      'maxLogFiles="1" maxLogFileSizeInKB="1" flushResponse="true" devErrorsEnabled="false" logDirectory="%LOGS%\\node"',
      {
        environment: {
          IISNODE_maxLogFileSizeInKB: '2',
          iisnode_devErrorsEnabled: 'TRUE',
          LOGS: 'E:\\logs',
          IISNODE_node_env: '%LOGS%',
        },
        yml: 'devErrorsEnabled: no\nwatchedFiles: %LOGS%\\*.js\nWATCHEDFILES: *.mjs # last wins\nunknown: 1\npromoteServerVars: %LOGS%',
      },
    );
    expect(values).toMatchObject({
      maxLogFiles: 1,
      maxLogFileSizeInKB: 2,
      flushResponse: true,
      devErrorsEnabled: false,
      logDirectory: 'E:\\logs\\node',
      node_env: '%LOGS%',
      watchedFiles: '*.mjs',
      promoteServerVars: '%LOGS%',
    });
    expect(sources).toMatchObject({
      maxLogFiles: 'web.config',
      maxLogFileSizeInKB: 'environment',
      devErrorsEnabled: 'iisnode.yml',
      debuggingEnabled: 'default',
    });
    expect(origins.maxLogFiles).toMatchObject({ file: 'C:\\dante\\web.config', line: 3 });
    expect(origins.maxLogFileSizeInKB).toBeUndefined();
  });

  it('use the number of processors for 0', () => {
    expect(resolve('nodeProcessCountPerApplication="0"').values.nodeProcessCountPerApplication).toBe(4);
    expect(resolve('nodeProcessCountPerApplication="0"', { cpus: 0 }).values).toMatchObject({
      nodeProcessCountPerApplication: 1,
      asyncCompletionThreadCount: 4,
    });
  });

  it('accept infinite in web.config, and read it as 0 in iisnode.yml', () => {
    expect(resolve('maxConcurrentRequestsPerProcess="infinite"').values.maxConcurrentRequestsPerProcess).toBe(Infinity);
    expect(
      resolve('', { yml: 'maxConcurrentRequestsPerProcess: infinite' }).values.maxConcurrentRequestsPerProcess,
    ).toBe(0);
  });

  it('cannot name the override file or, under its own name, the port range in iisnode.yml', () => {
    const yml = 'configOverrides: x.yml\ndebuggerPortRange: 1-2\ndebugPortRange: 2000-2001';
    expect(resolve('', { yml }).values).toMatchObject({
      configOverrides: 'iisnode.yml',
      debuggerPortRange: '2000-2001',
    });
  });

  it('read numbers of iisnode.yml as C does', () => {
    expect(resolve('', { yml: 'maxLogFiles: 12 files\nmaxLogFileSizeInKB: -1' }).values).toMatchObject({
      maxLogFiles: 12,
      maxLogFileSizeInKB: 4294967295,
    });
  });

  it('ignore an empty environment variable, and read leading digits as a number there', () => {
    const environment = { IISNODE_maxLogFiles: '', IISNODE_maxLogFileSizeInKB: '77x' };
    expect(resolve('', { environment }).values).toMatchObject({ maxLogFiles: 20, maxLogFileSizeInKB: 77 });
  });

  it.each<[string, string, Partial<IisnodeSettingsOptions>, 1031 | 1032, string]>([
    ['yes in the environment', '', { environment: { IISNODE_flushResponse: 'yes' } }, 1031, 'flushResponse'],
    ['a negative number in the environment', '', { environment: { IISNODE_maxLogFiles: '-1' } }, 1031, 'maxLogFiles'],
    [
      'a number over 32 bits in the environment',
      '',
      { environment: { IISNODE_maxLogFiles: '4294967296' } },
      1031,
      'maxLogFiles',
    ],
    [
      'a long string in the environment',
      '',
      { environment: { IISNODE_logDirectory: 'x'.repeat(1024) } },
      1031,
      'logDirectory',
    ],
    [
      'a long boolean in the environment',
      '',
      { environment: { IISNODE_flushResponse: 'true    ' } },
      1031,
      'flushResponse',
    ],
    ['no digits in the environment', '', { environment: { IISNODE_maxLogFiles: 'x1' } }, 1031, 'maxLogFiles'],
    [
      'a long number in the environment',
      '',
      { environment: { IISNODE_maxLogFiles: '0'.repeat(64) } },
      1031,
      'maxLogFiles',
    ],
    ['a number below 32 bits in iisnode.yml', '', { yml: 'maxLogFiles: -2147483649' }, 1032, 'maxLogFiles'],
    ['a word for a boolean in iisnode.yml', '', { yml: 'a: 1\nflushResponse: on' }, 1032, 'flushResponse'],
    ['a tab behind a boolean in iisnode.yml', '', { yml: 'flushResponse: true\t' }, 1032, 'flushResponse'],
    ['a number over 32 bits in iisnode.yml', '', { yml: 'maxLogFiles: 2147483648' }, 1032, 'maxLogFiles'],
  ])('refuse %s', (_, attributes, options, code, attribute) => {
    const error = refusal(attributes, options);
    expect([error.code, error.attribute]).toEqual([code, attribute]);
  });

  it.each(['TRUE', '1', 'Yes'])('take %s for true in iisnode.yml', (word) => {
    expect(resolve('', { yml: `flushResponse: ${word}` }).values.flushResponse).toBe(true);
  });

  it.each(['FALSE', '0', 'No'])('take %s for false in iisnode.yml', (word) => {
    expect(resolve('', { yml: `loggingEnabled: ${word}` }).values.loggingEnabled).toBe(false);
  });

  it.each(['true', '1', 'TRUE'])('take %s for true in the environment', (word) => {
    expect(resolve('', { environment: { IISNODE_flushResponse: word } }).values.flushResponse).toBe(true);
  });

  it('read other text than a number in iisnode.yml as 0, and skip blanks and a sign before a number', () => {
    const yml = 'maxLogFiles: many\nmaxLogFileSizeInKB:   +7';
    expect(resolve('', { yml }).values).toMatchObject({ maxLogFiles: 0, maxLogFileSizeInKB: 7 });
  });

  it.each(['node_env', 'nodeProcessCommandLine', 'interceptor', 'logDirectory', 'watchedFiles'] as const)(
    'expand %s of iisnode.yml',
    (name) => {
      expect(resolve('', { yml: `${name}: %A%`, environment: { A: 'b' } }).values[name]).toBe('b');
    },
  );

  it.each(['debuggerPathSegment', 'promoteServerVars', 'debuggerExtensionDll', 'debuggerVirtualDir'] as const)(
    'do not expand %s of iisnode.yml',
    (name) => {
      expect(resolve('', { yml: `${name}: %A%`, environment: { A: 'b' } }).values[name]).toBe('%A%');
    },
  );

  it('keep their value if a key of iisnode.yml has none', () => {
    expect(resolve('logDirectory="x"', { yml: 'logDirectory:\nnode_env: # none' }).values.logDirectory).toBe('x');
  });

  it('name the override file by the environment', () => {
    const environment = { IISNODE_configOverrides: 'x.yml' };
    expect(resolve('configOverrides="y.yml"', { environment }).values.configOverrides).toBe('x.yml');
  });

  it('refuse a line of iisnode.yml that iisnode cannot read', () => {
    expect(refusal('', { yml: 'flushResponse: true\nfree text' })).toMatchObject({ code: 1032, line: 2 });
  });
});
