import { describe, expect, it } from 'vitest';
import { at, refused, server } from './support.js';

describe('sites, applications and pools', () => {
  it('reads them with the defaults of siteDefaults, applicationDefaults and virtualDirectoryDefaults', () => {
    const model = server({
      edit: (text) =>
        text
          .replace('applicationPool="DefaultAppPool"', 'applicationPool="Other" preloadEnabled="true"')
          .replace('allowSubDirConfig="true"', 'allowSubDirConfig="false"')
          .replace('<siteDefaults>', '<siteDefaults serverAutoStart="false"><limits maxConnections="7" />')
          .replace(' serverAutoStart="true"', ''),
    });
    const [site] = model.sites;
    expect(site).toMatchObject({ name: 'Default Web Site', id: 1, serverAutoStart: false });
    expect(site?.applications[0]).toMatchObject({ path: '/', pool: 'Other', preloadEnabled: true });
    expect(site?.applications[0]?.virtualDirectories).toEqual([
      { path: '/', physicalPath: '/srv', allowSubDirConfig: false },
    ]);
    const [element] = model.server('system.applicationHost/sites').items;
    expect(element?.child('limits').number('maxConnections')).toBe(7);
    expect(element?.child('limits').isSet('maxConnections')).toBe(true);
  });

  it.each([
    ['*:80:', { address: '*', port: 80, host: '' }],
    ['10.0.0.1:8080:chat.example.com', { address: '10.0.0.1', port: 8080, host: 'chat.example.com' }],
    ['[::1]:80:', { address: '[::1]', port: 80, host: '' }],
    [':80:*.example.com', { address: '*', port: 80, host: '*.example.com' }],
  ])('reads the binding %s', (information, expected) => {
    const model = server({
      edit: (text) => text.replace('bindingInformation="*:80:"', `bindingInformation="${information}"`),
    });
    expect(model.sites[0]?.bindings).toEqual([{ protocol: 'http', ...expected }]);
  });

  it('gives pools the values of applicationPoolDefaults', () => {
    const model = server();
    const [pool] = model.server('system.applicationHost/applicationPools').items;
    expect(pool?.string('managedRuntimeVersion')).toBe('v4.0');
    expect(pool?.child('processModel').string('identityType')).toBe('ApplicationPoolIdentity');
  });

  it.each([
    ['queueLength', 1000],
    ['autoStart', true],
    ['startMode', 'OnDemand'],
    ['managedPipelineMode', 'Integrated'],
    ['enable32BitAppOnWin64', false],
    ['processModel.idleTimeout', 20 * 60_000],
    ['processModel.idleTimeoutAction', 'Terminate'],
    ['processModel.maxProcesses', 1],
    ['processModel.shutdownTimeLimit', 90_000],
    ['processModel.pingInterval', 30_000],
    ['processModel.loadUserProfile', false],
    ['recycling.disallowOverlappingRotation', false],
    ['recycling.logEventOnRecycle', ['Time', 'Memory', 'PrivateMemory']],
    ['recycling.periodicRestart.time', 29 * 3_600_000],
    ['recycling.periodicRestart.requests', 0],
    ['failure.rapidFailProtectionMaxCrashes', 5],
    ['failure.rapidFailProtectionInterval', 300_000],
    ['failure.loadBalancerCapabilities', 'HttpLevel'],
    ['cpu.limit', 0],
    ['cpu.action', 'NoAction'],
    ['cpu.resetInterval', 300_000],
    ['managedRuntimeLoader', 'webengine4.dll'],
    ['enableConfigurationOverride', true],
    ['CLRConfigFile', ''],
    ['passAnonymousToken', true],
    ['processModel.setProfileEnvironment', true],
    ['processModel.manualGroupMembership', false],
    ['processModel.startupTimeLimit', 90_000],
    ['processModel.pingingEnabled', true],
    ['processModel.pingResponseTime', 90_000],
    ['processModel.logonType', 'LogonBatch'],
    ['processModel.logEventOnProcessModel', ['IdleTimeout']],
    ['recycling.disallowRotationOnConfigChange', false],
    ['recycling.periodicRestart.memory', 0],
    ['recycling.periodicRestart.privateMemory', 0],
    ['failure.rapidFailProtection', true],
    ['failure.orphanWorkerProcess', false],
  ])('a pool has %s = %j by default', (path, value) => {
    const names = path.split('.');
    const attribute = names.pop() ?? '';
    const [pool] = server().server('system.applicationHost/applicationPools').items;
    const element = names.reduce((outer, name) => outer?.child(name), pool);
    expect(element?.get(attribute)).toEqual(value);
  });

  it.each([
    ['limits.connectionTimeout', 120_000],
    ['limits.maxBandwidth', 4294967295],
    ['limits.maxUrlSegments', 32],
    ['logFile.period', 'Daily'],
    ['logFile.logFormat', 'W3C'],
    ['traceFailedRequestsLogging.enabled', false],
    ['traceFailedRequestsLogging.maxLogFiles', 50],
    ['limits.maxConnections', 4294967295],
    ['logFile.enabled', true],
    ['logFile.directory', '%SystemDrive%\\inetpub\\logs\\LogFiles'],
    ['traceFailedRequestsLogging.directory', '%SystemDrive%\\inetpub\\logs\\FailedReqLogFiles'],
  ])('a site has %s = %j by default', (path, value) => {
    const [child = '', attribute = ''] = path.split('.');
    const [site] = server().server('system.applicationHost/sites').items;
    expect(site?.child(child).get(attribute)).toBe(value);
  });
});

describe('what an application and a virtual directory have by default', () => {
  const [application] = server().server('system.applicationHost/sites').items[0]?.items ?? [];
  it.each([
    ['applicationPool', 'DefaultAppPool'],
    ['enabledProtocols', 'http'],
    ['preloadEnabled', false],
    ['serviceAutoStartEnabled', false],
    ['serviceAutoStartProvider', ''],
  ])('application %s is %j', (name, value) => expect(application?.get(name)).toBe(value));

  it.each([
    ['userName', ''],
    ['password', ''],
    ['logonMethod', 'ClearText'],
    ['allowSubDirConfig', true],
  ])('virtualDirectory %s is %j', (name, value) => expect(application?.items[0]?.get(name)).toBe(value));

  it.each([
    ['connectionTimeout', 120_000],
    ['headerWaitTimeout', 0],
    ['minBytesPerSecond', 240],
    ['demandStartThreshold', 2147483647],
    ['dynamicIdleThreshold', 0],
    ['dynamicRegistrationThreshold', 100],
  ])('webLimits %s is %j', (name, value) => {
    expect(server().server('system.applicationHost/webLimits').get(name)).toBe(value);
  });

  it('a pool has its environment variables in order', () => {
    const edit = (text: string): string =>
      text.replace(
        '<add name="DefaultAppPool" />',
        '<add name="DefaultAppPool"><environmentVariables><add name="NODE_ENV" value="production" /><add name="X" value="1" /></environmentVariables></add>',
      );
    const [pool] = server({ edit }).server('system.applicationHost/applicationPools').items;
    const variables = pool
      ?.child('environmentVariables')
      .items.map((item) => [item.string('name'), item.string('value')]);
    expect(variables).toEqual([
      ['NODE_ENV', 'production'],
      ['X', '1'],
    ]);
  });
});

describe('locating a URL path', () => {
  const model = server({
    edit: (text) =>
      text.replace(
        'physicalPath="/srv" />',
        'physicalPath="/srv" /><virtualDirectory path="/files" physicalPath="/data" /><virtualDirectory path="/dante/in" physicalPath="/never" />',
      ),
  });

  it.each([
    ['/', '/', '/', '/srv'],
    ['/a/b.txt', '/', '/', '/srv/a/b.txt'],
    ['/files/x', '/', '/files', '/data/x'],
    ['/FILES', '/', '/files', '/data'],
    ['/filesystem', '/', '/', '/srv/filesystem'],
    ['/dante', '/dante', '/', '/apps/dante'],
    ['/Dante/socket.io/', '/dante', '/', '/apps/dante/socket.io'],
    ['/dante/in/x', '/dante', '/', '/apps/dante/in/x'],
    ['/dante/../../../etc/passwd', '/', '/', '/srv/etc/passwd'],
  ])('%s is application %s, virtual directory %s, path %s', (path, application, virtualDirectory, physicalPath) => {
    const place = at(model, path);
    expect(place.application.path).toBe(application);
    expect(place.virtualDirectory.path).toBe(virtualDirectory);
    expect(place.physicalPath).toBe(physicalPath);
    expect(place.path).toBe(path);
  });

  it('fails on a site without an application for the path', () => {
    const bare = server({ applications: [{ path: '/dante', physicalPath: '/d' }] });
    expect(refused(() => at(bare, '/x'))).toMatchObject({
      message: "Unrecognized configuration path 'MACHINE/WEBROOT/APPHOST/Default Web Site/x'",
      hresult: 0x80070003,
    });
    expect(at(bare, '/dante/x').physicalPath).toBe('/d/x');
    expect(() => bare.check(at(bare, '/dante/x'))).not.toThrow();
  });

  it('joins with backslashes and expands variables on Windows', () => {
    const windows = server({
      platform: 'win32',
      environment: { SYSTEMDRIVE: 'C:' },
      applications: [{ path: '/', physicalPath: '%SystemDrive%\\inetpub\\wwwroot' }],
    });
    expect(at(windows, '/a/b').physicalPath).toBe('C:\\inetpub\\wwwroot\\a\\b');
    windows.check(at(windows, '/a'));
    expect(windows.files.slice(1)).toEqual(['C:\\inetpub\\wwwroot\\web.config', 'C:\\inetpub\\wwwroot\\a\\web.config']);
  });
});
