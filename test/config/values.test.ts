import { describe, expect, it } from 'vitest';
import { type AttributeSchema, formatTimeSpan, parseTimeSpan, parseValue } from '../../src/config/index.js';
import { at, refused, server, webConfig } from './support.js';

const schema = (type: AttributeSchema['type'], more: Partial<AttributeSchema> = {}): AttributeSchema => ({
  name: 'x',
  type,
  ...more,
});
const values = new Map([
  ['Pattern', 0],
  ['IsFile', 1],
  ['IsDirectory', 2],
]);

describe('valid texts', () => {
  it.each<[AttributeSchema, string, unknown]>([
    [schema('bool'), 'true', true],
    [schema('bool'), 'False', false],
    [schema('bool'), 'TRUE', true],
    [schema('uint'), '4294967295', 4294967295],
    [schema('uint'), '007', 7],
    [schema('uint'), '0x10', 16],
    [schema('int'), '-12', -12],
    [schema('int64'), '-9223372036854775807', -(2 ** 63)],
    [schema('int64'), '20971520000', 20971520000],
    [schema('string'), '', ''],
    [schema('enum', { values }), 'IsFile', 'IsFile'],
    [schema('enum', { values }), 'isfile', 'IsFile'],
    [schema('flags', { values }), 'Pattern, isfile', ['Pattern', 'IsFile']],
    [schema('flags', { values }), 'None', []],
    [schema('flags', { values }), '', []],
    [schema('timeSpan'), '00:02:00', 120000],
    [schema('timeSpan'), '1.05:00:00', 104400000],
    [schema('timeSpan'), '29:00:00', 104400000],
    [schema('timeSpan', { timeFormat: 'seconds' }), '90', 90000],
    [schema('timeSpan', { timeFormat: 'minutes' }), '2', 120000],
    [schema('timeSpan', { allowInfinite: true }), 'Infinite', Number.POSITIVE_INFINITY],
    [schema('uint', { allowInfinite: true }), 'infinite', 4294967295],
  ])('%j accepts %j', (attribute, text, value) => {
    expect(parseValue(attribute, text)).toEqual({ value });
  });
});

describe('invalid texts', () => {
  const between = (min: number, max: number, exclude = false): AttributeSchema =>
    schema('uint', { validator: { kind: 'integerRange', min, max, exclude } });
  const kinds = (kind: 'siteName' | 'applicationPath' | 'virtualDirectoryPath' | 'applicationPoolName') =>
    schema('string', { validator: { kind } });
  const idle = schema('timeSpan', { validator: { kind: 'timeSpanRange', min: 0, max: 2592000, granularity: 60 } });
  const idleText =
    'Timespan value must be between 00:00:00 and 30.00:00:00 seconds inclusive, with a granularity of 60 seconds';
  const unsigned = 'Not a valid unsigned integer';

  it.each<[AttributeSchema, string, string]>([
    [schema('uint'), '-1', unsigned],
    [schema('uint'), '4294967296', unsigned],
    [schema('uint'), '1.5', unsigned],
    [schema('uint'), '', unsigned],
    [schema('uint'), 'infinite', unsigned],
    [schema('int'), '2147483648', 'Not a valid integer'],
    [schema('int'), 'x', 'Not a valid integer'],
    [schema('int64'), '9223372036854785808', 'Not a valid integer'],
    [schema('uint'), '0x100000000', unsigned],
    [
      schema('string', { validator: { kind: 'requireTrimmedString' } }),
      ' x',
      'String must not have leading or trailing white space',
    ],
    [schema('bool'), '1', 'Not a valid boolean'],
    [schema('timeSpan'), 'x', 'Not a valid timespan'],
    [schema('string', { validator: { kind: 'nonEmptyString' } }), '', 'String must not be empty'],
    [schema('enum', { values }), '1', 'Enum must be one of Pattern, IsFile, IsDirectory'],
    [schema('flags', { values }), 'Pattern, x', 'Flags must be some combination of Pattern, IsFile, IsDirectory'],
    [between(400, 999), '399', 'Integer value must be between 400 and 999 inclusive'],
    [between(0, 1023, true), '1023', 'Integer value must not be between 0 and 1023 inclusive'],
    [idle, '00:00:30', idleText],
    [idle, '31.00:00:00', idleText],
    [kinds('applicationPoolName'), 'a|b', 'Invalid application pool name'],
    [kinds('applicationPoolName'), '', 'Invalid application pool name'],
    [kinds('applicationPoolName'), 'x'.repeat(65), 'Invalid application pool name'],
    [kinds('siteName'), 'a/b', 'Invalid site name'],
    [kinds('siteName'), 'a?b', 'Invalid site name'],
    [kinds('applicationPath'), 'dante', 'Invalid application path'],
    [kinds('applicationPath'), '/dante/', 'Invalid application path'],
    [kinds('applicationPath'), '/a/../b', 'Invalid application path'],
    [kinds('applicationPath'), '/a*b', 'Invalid application path'],
    [kinds('virtualDirectoryPath'), 'x', 'Invalid virtual directory path'],
  ])('%j rejects %j', (attribute, text, problem) => {
    expect(parseValue(attribute, text)).toEqual({ problem });
  });

  it.each(['yes', '1', '', 'truee'])('bool refuses %j', (text) => {
    expect(parseValue(schema('bool'), text)).toHaveProperty('problem');
  });

  it.each(['', '1', 'x', '00:60:00', '00:00:60', '1:2:3:4', '--00:00:01'])('timeSpan refuses %j', (text) => {
    expect(parseValue(schema('timeSpan'), text)).toHaveProperty('problem');
  });

  it.each([...'|<>&"/[]+=;:,?*@\\'])('an application pool has no %s in its name', (character) => {
    expect(parseValue(kinds('applicationPoolName'), `a${character}b`)).toEqual({
      problem: 'Invalid application pool name',
    });
  });

  it.each(['/', '/dante', '/a/b', '/a.b-c_d e'])('%j is an application path', (text) => {
    expect(parseValue(kinds('applicationPath'), text)).toEqual({ value: text });
  });

  it('a time is the same after it is written and read', () => {
    for (const total of [0, 59, 60, 3599, 86399, 86400, 104400, 2592000, -90]) {
      expect(parseTimeSpan(formatTimeSpan(total))).toBe(total);
    }
  });
});

describe('the error of an invalid value', () => {
  it('contains the reason, at the line of the attribute', () => {
    const model = server({
      files: { '/srv/web.config': webConfig('<webSocket enabled="true"\n receiveBufferLimit="1" />') },
    });
    const error = refused(() => model.effective('system.webServer/webSocket', at(model, '/')));
    expect(error).toMatchObject({
      kind: 'invalid-value',
      message:
        "The 'receiveBufferLimit' attribute is invalid.  Integer value must be between 4096 and 2147483647 inclusive",
      hresult: 0x8007000d,
      line: 4,
      column: 2,
    });
  });

  it('does not check encrypted attributes and sections, with a note', () => {
    const secret = '[enc:AesProvider:abc=:enc]';
    const model = server({
      edit: (text) => text.replace('physicalPath="/srv"', `physicalPath="/srv" password="${secret}"`),
      files: {
        '/srv/web.config':
          '<configuration><appSettings configProtectionProvider="X"><EncryptedData /></appSettings></configuration>',
      },
    });
    const place = at(model, '/');
    expect(model.effective('appSettings', place).items).toEqual([]);
    expect(model.notes(place)).toContainEqual(expect.objectContaining({ kind: 'encrypted', section: 'appSettings' }));
    const [site] = model.server('system.applicationHost/sites').items;
    expect(site?.items[0]?.items[0]?.string('password')).toBe(secret);
  });

  it('expands %VAR% in expanded attributes only, without case, and keeps unknown ones', () => {
    const model = server({
      environment: { ProgramFiles: 'C:\\PF', NODE_ENV: 'production' },
      files: {
        '/srv/web.config': webConfig(
          '<iisnode logDirectory="%x%\\%programFILES%" promoteServerVars="%ProgramFiles%" />',
        ),
      },
    });
    const section = model.effective('system.webServer/iisnode', at(model, '/'));
    expect(section.string('logDirectory')).toBe('%x%\\C:\\PF');
    expect(section.string('promoteServerVars')).toBe('%ProgramFiles%');
    expect(section.string('node_env')).toBe('production');
    expect(section.string('interceptor')).toBe('"C:\\PF\\iisnode\\interceptor.js"');
  });

  it('throws on names that the schema does not have: that is a bug of ours', () => {
    const model = server();
    const section = model.effective('system.webServer/iisnode', at(model, '/'));
    expect(() => section.get('nodeEnv')).toThrow(RangeError);
    expect(() => section.child('files')).toThrow(RangeError);
    expect(() => section.number('loggingEnabled')).toThrow(RangeError);
  });
});
