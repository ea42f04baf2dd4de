import {
  bool,
  element,
  encrypted,
  entries,
  expanded,
  flags,
  key,
  list,
  oneOf,
  range,
  seconds,
  string,
  time,
  uint,
} from './build.js';
import type { AttributeSchema, ElementSchema } from './types.js';

/** An application pool, and `applicationPoolDefaults` (`IIS_schema.xml` of IIS 10). */
export const poolAttributes: readonly AttributeSchema[] = [
  uint('queueLength', 1000, { validator: range(10, 65535) }),
  bool('autoStart', true),
  bool('enable32BitAppOnWin64', false),
  string('managedRuntimeVersion', ''),
  string('managedRuntimeLoader', 'webengine4.dll'),
  bool('enableConfigurationOverride', true),
  oneOf('managedPipelineMode', ['Integrated', 'Classic'], 'Integrated'),
  string('CLRConfigFile', '', expanded),
  bool('passAnonymousToken', true),
  oneOf('startMode', ['OnDemand', 'AlwaysRunning'], 'OnDemand'),
];

const processModel = element('processModel', [
  oneOf(
    'identityType',
    ['LocalSystem', 'LocalService', 'NetworkService', 'SpecificUser', 'ApplicationPoolIdentity'],
    'ApplicationPoolIdentity',
  ),
  string('userName', ''),
  string('password', '', encrypted),
  bool('loadUserProfile', false),
  bool('setProfileEnvironment', true),
  oneOf('logonType', ['LogonBatch', 'LogonService'], 'LogonBatch'),
  bool('manualGroupMembership', false),
  time('idleTimeout', '00:20:00', seconds(0, 2592000, 60)),
  oneOf('idleTimeoutAction', ['Terminate', 'Suspend'], 'Terminate'),
  uint('maxProcesses', 1, { validator: range(0, 2147483647) }),
  time('shutdownTimeLimit', '00:01:30', seconds(1, 4294967)),
  time('startupTimeLimit', '00:01:30', seconds(1, 4294967)),
  bool('pingingEnabled', true),
  time('pingInterval', '00:00:30', seconds(1, 4294967)),
  time('pingResponseTime', '00:01:30', seconds(1, 4294967)),
  flags('logEventOnProcessModel', { IdleTimeout: 1 }, 'IdleTimeout'),
]);

const recycling = element(
  'recycling',
  [
    bool('disallowOverlappingRotation', false),
    bool('disallowRotationOnConfigChange', false),
    flags(
      'logEventOnRecycle',
      {
        Time: 1,
        Requests: 2,
        Schedule: 4,
        Memory: 8,
        IsapiUnhealthy: 16,
        OnDemand: 32,
        ConfigChange: 64,
        PrivateMemory: 128,
      },
      'Time, Memory, PrivateMemory',
    ),
  ],
  {
    elements: [
      element(
        'periodicRestart',
        [
          uint('memory', 0),
          uint('privateMemory', 0),
          uint('requests', 0),
          time('time', '1.05:00:00', seconds(0, 25920000, 60)),
        ],
        {
          elements: [
            list('schedule', [
              { name: 'value', type: 'timeSpan', required: true, key: 'unique', validator: seconds(0, 86399, 60) },
            ]),
          ],
        },
      ),
    ],
  },
);

const failure = element('failure', [
  oneOf('loadBalancerCapabilities', { TcpLevel: 1, HttpLevel: 2 }, 'HttpLevel'),
  bool('orphanWorkerProcess', false),
  string('orphanActionExe', '', expanded),
  string('orphanActionParams', ''),
  bool('rapidFailProtection', true),
  time('rapidFailProtectionInterval', '00:05:00', seconds(60, 8640000, 60)),
  uint('rapidFailProtectionMaxCrashes', 5, { validator: range(1, 2147483647) }),
  string('autoShutdownExe', '', expanded),
  string('autoShutdownParams', ''),
]);

const cpu = element('cpu', [
  uint('limit', 0, { validator: range(0, 100000) }),
  oneOf('action', ['NoAction', 'KillW3wp', 'Throttle', 'ThrottleUnderLoad'], 'NoAction'),
  time('resetInterval', '00:05:00', seconds(0, 86400, 60)),
  bool('smpAffinitized', false),
  uint('smpProcessorAffinityMask', 4294967295),
  uint('smpProcessorAffinityMask2', 4294967295),
  uint('processorGroup', 0),
  oneOf('numaNodeAssignment', ['MostAvailableMemory', 'WindowsScheduling'], 'MostAvailableMemory'),
  oneOf('numaNodeAffinityMode', ['Soft', 'Hard'], 'Soft'),
]);

const environmentVariables = element('environmentVariables', [], {
  collection: entries([string('name', undefined, key), string('value', undefined, { required: true })]),
});

export const poolElements: readonly ElementSchema[] = [processModel, recycling, failure, cpu, environmentVariables];
