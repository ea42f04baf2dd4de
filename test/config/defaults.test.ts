import { describe, expect, it } from 'vitest';
import { sectionSchema } from '../../src/config/index.js';
import { at, server } from './support.js';

const model = server();
const place = at(model, '/');

/** `handlers`, or `security/requestFiltering requestLimits`: a section below system.webServer, then elements. */
function valueAt(path: string): unknown {
  const [where = '', attribute = ''] = path.split('@');
  const [section = '', ...inner] = where.trim().split(' ');
  const root = model.effective(`system.webServer/${section}`, place);
  return inner.reduce((element, name) => element.child(name), root).get(attribute);
}

describe('the default', () => {
  it.each<[string, unknown]>([
    ['webSocket @enabled', true],
    ['webSocket @receiveBufferLimit', 4194304],
    ['webSocket @pingInterval', 0],
    ['security/requestFiltering @allowDoubleEscaping', false],
    ['security/requestFiltering @allowHighBitCharacters', true],
    ['security/requestFiltering @unescapeQueryString', true],
    ['security/requestFiltering @removeServerHeader', false],
    ['security/requestFiltering requestLimits@maxAllowedContentLength', 30000000],
    ['security/requestFiltering requestLimits@maxUrl', 4096],
    ['security/requestFiltering requestLimits@maxQueryString', 2048],
    ['security/requestFiltering fileExtensions@allowUnlisted', true],
    ['security/requestFiltering verbs@allowUnlisted', true],
    ['security/authentication/anonymousAuthentication @userName', 'IUSR'],
    ['security/authentication/basicAuthentication @enabled', false],
    ['security/authentication/windowsAuthentication @enabled', false],
    ['security/access @sslFlags', []],
    ['defaultDocument @enabled', true],
    ['directoryBrowse @enabled', false],
    ['httpErrors @errorMode', 'DetailedLocalOnly'],
    ['httpErrors @existingResponse', 'Auto'],
    ['httpProtocol @allowKeepAlive', true],
    ['httpRedirect @enabled', false],
    ['urlCompression @doStaticCompression', true],
    ['urlCompression @doDynamicCompression', true],
    ['httpCompression @minFileSizeForComp', 2700],
    ['httpCompression @dynamicCompressionBufferLimit', 65536],
    ['httpCompression @noCompressionForProxies', true],
    ['httpCompression @dynamicCompressionDisableCpuUsage', 90],
    ['staticContent clientCache@cacheControlMode', 'NoControl'],
    ['serverRuntime @appConcurrentRequestLimit', 5000],
    ['serverRuntime @uploadReadAheadSize', 49152],
    ['serverRuntime @frequentHitTimePeriod', 10_000],
    ['serverRuntime @enableNagling', false],
    ['validation @validateIntegratedModeConfiguration', true],
    ['rewrite/outboundRules @rewriteBeforeCache', false],
    ['httpCompression @noCompressionForHttp10', true],
    ['httpCompression @noCompressionForRange', true],
    ['httpCompression @dynamicCompressionEnableCpuUsage', 50],
    ['serverRuntime @frequentHitThreshold', 2],
    ['httpErrors @defaultResponseMode', 'File'],
    ['httpErrors @allowAbsolutePathsWhenDelegated', false],
    ['httpRedirect @exactDestination', false],
    ['httpRedirect @childOnly', false],
    ['httpRedirect @httpResponseStatus', 'Found'],
    ['directoryBrowse @showFlags', ['Date', 'Time', 'Size', 'Extension']],
    ['caching @enabled', true],
    ['applicationInitialization @doAppInitAfterRestart', false],
    ['applicationInitialization @remapManagedRequestsTo', ''],
    ['applicationInitialization @skipManagedModules', false],
    ['security/authentication/anonymousAuthentication @enabled', true],
    ['security/authentication/digestAuthentication @enabled', false],
    ['modules @runAllManagedModulesForAllRequests', false],
  ])('%s is %j', (path, value) => {
    expect(valueAt(path)).toEqual(value);
  });

  it.each<[string, unknown]>([
    ['modules', 'ManagedPipelineHandler'],
    ['resourceType', 'Unspecified'],
    ['requireAccess', 'Script'],
    ['allowPathInfo', 'false'],
    ['responseBufferLimit', '4194304'],
    ['preCondition', ''],
  ])('a handler has %s="%s"', (name, value) => {
    const entry = sectionSchema('system.webServer/handlers')?.element?.collection?.entry;
    expect(entry?.attributes.get(name)?.default).toBe(value);
  });

  it.each<[string, unknown]>([
    ['arguments', ''],
    ['stdoutLogEnabled', 'false'],
    ['stdoutLogFile', '.\\httpplatform-stdout'],
    ['forwardWindowsAuthToken', 'false'],
    ['processPath', undefined],
  ])('httpPlatform has %s="%s"', (name, value) => {
    expect(sectionSchema('system.webServer/httpPlatform')?.element?.attributes.get(name)?.default).toBe(value);
  });

  it('the accessPolicy of the schema is Read; the installed file has Read, Script', () => {
    const schema = sectionSchema('system.webServer/handlers')?.element;
    expect(schema?.attributes.get('accessPolicy')?.default).toBe('Read');
  });
});

describe('the iisnode section', () => {
  const section = model.effective('system.webServer/iisnode', place);

  it('has 34 attributes, none required and none with a validator', () => {
    const attributes = [...(sectionSchema('system.webServer/iisnode')?.element?.attributes.values() ?? [])];
    expect(attributes).toHaveLength(34);
    expect(attributes.filter(({ required, validator }) => required || validator)).toEqual([]);
    expect(attributes.filter(({ allowInfinite }) => allowInfinite).map(({ name }) => name)).toEqual([
      'maxConcurrentRequestsPerProcess',
    ]);
    expect(attributes.filter(({ expanded }) => expanded).map(({ name }) => name)).toEqual([
      'node_env',
      'nodeProcessCommandLine',
      'interceptor',
      'logDirectory',
      'debuggerPathSegment',
      'debuggerPortRange',
      'watchedFiles',
      'configOverrides',
    ]);
  });

  it.each<[string, unknown]>([
    ['node_env', '%node_env%'],
    ['asyncCompletionThreadCount', 0],
    ['nodeProcessCountPerApplication', 1],
    ['nodeProcessCommandLine', 'node.exe'],
    ['interceptor', '"%programfiles%\\iisnode\\interceptor.js"'],
    ['maxConcurrentRequestsPerProcess', 1024],
    ['maxNamedPipeConnectionRetry', 100],
    ['namedPipeConnectionRetryDelay', 250],
    ['maxNamedPipeConnectionPoolSize', 512],
    ['maxNamedPipePooledConnectionAge', 30000],
    ['initialRequestBufferSize', 4096],
    ['maxRequestBufferSize', 65536],
    ['uncFileChangesPollingInterval', 5000],
    ['gracefulShutdownTimeout', 60000],
    ['logDirectory', 'iisnode'],
    ['debuggingEnabled', true],
    ['debuggerExtensionDll', 'iisnode-inspector-0.7.3.dll'],
    ['debugHeaderEnabled', false],
    ['debuggerVirtualDir', ''],
    ['debuggerPathSegment', 'debug'],
    ['debuggerPortRange', '5058-6058'],
    ['maxLogFileSizeInKB', 128],
    ['maxTotalLogFileSizeInKB', 1024],
    ['maxLogFiles', 20],
    ['loggingEnabled', true],
    ['devErrorsEnabled', true],
    ['flushResponse', false],
    ['watchedFiles', '*.js;iisnode.yml'],
    ['enableXFF', false],
    ['promoteServerVars', ''],
    ['configOverrides', 'iisnode.yml'],
    ['recycleSignalEnabled', false],
    ['idlePageOutTimePeriod', 0],
    ['nodeProcessStickySessions', false],
  ])('%s is %j', (name, value) => {
    expect(section.get(name)).toBe(value);
    expect(section.isSet(name)).toBe(false);
    expect(section.origin(name)).toBeUndefined();
  });
});

describe('the cost of a query', () => {
  it('is the same for any number of paths without settings of their own', () => {
    const first = model.effective('system.webServer/staticContent', at(model, '/a/b'));
    expect(model.effective('system.webServer/staticContent', at(model, '/c/d/e.js'))).toBe(first);
  });
});
