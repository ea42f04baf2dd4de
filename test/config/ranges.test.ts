import { describe, expect, it } from 'vitest';
import { type AttributeSchema, type ElementSchema, parseValue, sectionSchema } from '../../src/config/index.js';

/** `httpPlatform@requestTimeout`, `applicationPools * processModel@idleTimeout`; `*` is an entry of the collection. */
function attributeAt(path: string): AttributeSchema {
  const [where = '', name = ''] = path.split('@');
  const [section = '', ...inner] = where.split(' ');
  const root = sectionSchema(`system.applicationHost/${section}`) ?? sectionSchema(`system.webServer/${section}`);
  const element = inner.reduce<ElementSchema | undefined>(
    (outer, child) => (child === '*' ? outer?.collection?.entry : outer?.elements.get(child)),
    root?.element,
  );
  const found = element?.attributes.get(name);
  if (found === undefined) throw new Error(`no ${path} in the schema`);
  return found;
}

const pool = 'applicationPools *';
const month = '30.00:00:00';

describe('the range of an attribute', () => {
  // Path, default, what is just inside, what is just outside (IIS_schema.xml, httpplatform_schema.xml).
  it.each<[string, string | undefined, readonly string[], readonly string[]]>([
    ['webSocket@receiveBufferLimit', '4194304', ['4096', '2147483647'], ['4095', '2147483648']],
    ['webSocket@pingInterval', '00:00:00', ['1.00:00:00', '00:00:01'], ['1.00:00:01']],
    ['httpPlatform@startupTimeLimit', '120', ['0', '3600'], ['3601']],
    ['httpPlatform@startupRetryCount', '10', ['0', '100'], ['101']],
    ['httpPlatform@rapidFailsPerMinute', '10', ['0', '100'], ['101']],
    ['httpPlatform@requestTimeout', '00:02:00', ['00:00:00', month], ['00:02:01', '30.00:01:00']],
    ['httpPlatform@processesPerApplication', '1', ['1', '100'], ['0', '101']],
    [`${pool}@queueLength`, '1000', ['10', '65535'], ['9', '65536']],
    [`${pool} processModel@idleTimeout`, '00:20:00', ['00:00:00', month], ['00:00:30', '30.00:01:00']],
    [`${pool} processModel@maxProcesses`, '1', ['0', '2147483647'], ['2147483648']],
    [`${pool} processModel@shutdownTimeLimit`, '00:01:30', ['00:00:01', '49.17:02:47'], ['00:00:00', '49.17:02:48']],
    [`${pool} processModel@startupTimeLimit`, '00:01:30', ['00:00:01', '49.17:02:47'], ['00:00:00', '49.17:02:48']],
    [
      `${pool} recycling periodicRestart@time`,
      '1.05:00:00',
      ['00:00:00', '300.00:00:00'],
      ['00:00:59', '300.00:01:00'],
    ],
    [
      `${pool} recycling periodicRestart schedule *@value`,
      undefined,
      ['00:00:00', '23:59:00'],
      ['03:00:01', '1.00:00:00'],
    ],
    [`${pool} failure@rapidFailProtectionMaxCrashes`, '5', ['1'], ['0']],
    [
      `${pool} failure@rapidFailProtectionInterval`,
      '00:05:00',
      ['00:01:00', '100.00:00:00'],
      ['00:00:00', '100.00:01:00'],
    ],
    [`${pool} cpu@limit`, '0', ['100000'], ['100001']],
    [`${pool} cpu@resetInterval`, '00:05:00', ['00:00:00', '1.00:00:00'], ['00:00:59', '1.00:01:00']],
    ['sites * limits@connectionTimeout', '00:02:00', ['00:00:00', '18:12:15'], ['18:12:16']],
    ['sites * limits@maxBandwidth', '4294967295', ['1024', '4294967295'], ['0', '1023']],
    ['sites * limits@maxUrlSegments', '32', ['0', '16383'], ['16384']],
    ['httpErrors *@statusCode', undefined, ['400', '999'], ['399', '1000']],
    ['httpErrors *@subStatusCode', '-1', ['-1', '999'], ['-2', '1000']],
    ['serverRuntime@frequentHitThreshold', '2', ['1', '2147483647'], ['0']],
  ])('%s is %s, accepts %j, not %j', (path, fallback, inside, outside) => {
    const attribute = attributeAt(path);
    expect(attribute.default).toBe(fallback);
    for (const text of inside) expect(parseValue(attribute, text), text).toHaveProperty('value');
    for (const text of outside) expect(parseValue(attribute, text), text).toHaveProperty('problem');
  });
});

describe('the names that an attribute accepts', () => {
  it.each<[string, string]>([
    [`${pool}@startMode`, 'OnDemand 0, AlwaysRunning 1'],
    [`${pool}@managedPipelineMode`, 'Integrated 0, Classic 1'],
    [
      `${pool} processModel@identityType`,
      'LocalSystem 0, LocalService 1, NetworkService 2, SpecificUser 3, ApplicationPoolIdentity 4',
    ],
    [`${pool} processModel@idleTimeoutAction`, 'Terminate 0, Suspend 1'],
    [`${pool} processModel@logonType`, 'LogonBatch 0, LogonService 1'],
    [
      `${pool} recycling@logEventOnRecycle`,
      'Time 1, Requests 2, Schedule 4, Memory 8, IsapiUnhealthy 16, OnDemand 32, ConfigChange 64, PrivateMemory 128',
    ],
    [`${pool} failure@loadBalancerCapabilities`, 'TcpLevel 1, HttpLevel 2'],
    [`${pool} cpu@action`, 'NoAction 0, KillW3wp 1, Throttle 2, ThrottleUnderLoad 3'],
    ['sites * * *@logonMethod', 'Interactive 0, Batch 1, Network 2, ClearText 3'],
    ['handlers *@resourceType', 'File 0, Directory 1, Either 2, Unspecified 3'],
    ['handlers *@requireAccess', 'None 0, Read 1, Write 2, Script 3, Execute 4'],
    ['httpErrors@existingResponse', 'Auto 0, Replace 1, PassThrough 2'],
    ['httpErrors@errorMode', 'DetailedLocalOnly 0, Custom 1, Detailed 2'],
    ['httpRedirect@httpResponseStatus', 'Permanent 301, Found 302, Temporary 307, PermRedirect 308'],
    ['staticContent clientCache@cacheControlMode', 'NoControl 0, DisableCache 1, UseMaxAge 2, UseExpires 3'],
  ])('%s: %s', (path, names) => {
    expect([...(attributeAt(path).values ?? [])].map(([name, number]) => `${name} ${number}`).join(', ')).toBe(names);
  });
});

describe('the properties of an attribute beside its type', () => {
  it.each([
    'sites * * *@physicalPath',
    'httpPlatform@processPath',
    'httpPlatform@arguments',
    'httpPlatform@stdoutLogFile',
    'handlers *@scriptProcessor',
    'globalModules *@image',
    `${pool}@CLRConfigFile`,
  ])('%s is expanded', (path) => {
    expect(attributeAt(path).expanded).toBe(true);
  });

  it.each(['sites * * *@password', `${pool} processModel@password`])('%s is encrypted', (path) => {
    expect(attributeAt(path).encrypted).toBe(true);
  });

  it.each(['name', 'verb', 'type', 'modules', 'preCondition'])('handlers: %s is compared with case', (name) => {
    expect(attributeAt(`handlers *@${name}`).caseSensitive).toBe(true);
  });

  it.each(['name', 'type', 'preCondition'])('modules: %s is compared with case', (name) => {
    expect(attributeAt(`modules *@${name}`).caseSensitive).toBe(true);
  });

  it.each([
    'handlers *@name',
    'handlers *@path',
    'handlers *@verb',
    'staticContent *@fileExtension',
    'staticContent *@mimeType',
    'httpErrors *@statusCode',
    'httpErrors *@path',
    'sites *@name',
    'sites *@id',
    'sites * *@path',
    'sites * bindings *@protocol',
    'sites * bindings *@bindingInformation',
    `${pool}@name`,
  ])('%s is required', (path) => {
    expect(attributeAt(path).required).toBe(true);
  });
});
