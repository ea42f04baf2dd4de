import {
  bool,
  element,
  encrypted,
  expanded,
  int,
  key,
  list,
  nonEmpty,
  oneOf,
  range,
  seconds,
  string,
  time,
  uint,
  webServer,
} from './build.js';
import type { SectionSchema } from './types.js';

/** Logging, tracing and the script engines (`IIS_schema.xml` of IIS 10); httpPlatform (`httpplatform_schema.xml`). */
const verbosity = {
  General: 0,
  CriticalError: 1,
  Error: 2,
  Warning: 3,
  Information: 4,
  Verbose: 5,
};

const traceFailedRequests = list(
  'traceFailedRequests',
  [
    string('path', undefined, { ...key, ...nonEmpty }),
    string('customActionExe', '', expanded),
    string('customActionParams', ''),
    uint('customActionTriggerLimit', 1, { validator: range(0, 10000) }),
  ],
  { mergeAppend: false },
  {
    elements: [
      list('traceAreas', [
        string('provider', undefined, { ...key, ...nonEmpty }),
        string('areas', ''),
        oneOf('verbosity', verbosity, 'Warning'),
      ]),
      element('failureDefinitions', [
        time('timeTaken', '00:00:00'),
        string('statusCodes', ''),
        oneOf('verbosity', { Ignore: 0, CriticalError: 1, Error: 2, Warning: 3 }, 'Ignore'),
      ]),
    ],
  },
);

const traceProviderDefinitions = list(
  'traceProviderDefinitions',
  [string('name', undefined, { ...key, ...nonEmpty }), string('guid', undefined, { required: true, ...nonEmpty })],
  {},
  {
    elements: [
      list(
        'areas',
        [string('name', undefined, { ...key, ...nonEmpty }), uint('value', undefined, { required: true })],
        { clear: true },
      ),
    ],
  },
);

const environmentVariable = [
  string('name', undefined, { required: true }),
  string('value', undefined, { required: true }),
];

const httpPlatform = element(
  'httpPlatform',
  [
    string('processPath', undefined, expanded),
    string('arguments', '', expanded),
    uint('startupTimeLimit', 120, { validator: range(0, 3600) }),
    uint('startupRetryCount', 10, { validator: range(0, 100) }),
    uint('rapidFailsPerMinute', 10, { validator: range(0, 100) }),
    time('requestTimeout', '00:02:00', seconds(0, 2592000, 60)),
    bool('stdoutLogEnabled', false),
    string('stdoutLogFile', '.\\httpplatform-stdout', expanded),
    uint('processesPerApplication', 1, { validator: range(1, 100) }),
    bool('forwardWindowsAuthToken', false),
  ],
  {
    elements: [
      list('recycleOnFileChange', [string('path', undefined, { required: true })], { add: 'file', remove: false }),
      list('environmentVariables', environmentVariable, { add: 'environmentVariable', remove: false }),
    ],
  },
);

const aspNetCore = element(
  'aspNetCore',
  [
    string('processPath', undefined, expanded),
    string('arguments', '', expanded),
    oneOf('hostingModel', ['Unspecified', 'InProcess', 'OutOfProcess'], 'Unspecified'),
    uint('startupTimeLimit', 120, { validator: range(0, 3600) }),
    uint('shutdownTimeLimit', 10, { validator: range(0, 600) }),
    uint('startupRetryCount', 2, { validator: range(0, 10) }),
    uint('rapidFailsPerMinute', 10, { validator: range(0, 100) }),
    time('requestTimeout', '00:02:00', seconds(0, 2592000, 60)),
    bool('stdoutLogEnabled', false),
    string('stdoutLogFile', '.\\logs\\stdout', expanded),
    uint('processesPerApplication', 1, { validator: range(1, 100) }),
    bool('forwardWindowsAuthToken', true),
    bool('disableStartUpErrorPage', false),
  ],
  {
    elements: [
      list('recycleOnFileChange', [string('path', undefined, { required: true })], { add: 'file', remove: false }),
      list('handlerSettings', [string('name', undefined, key), string('value', undefined, { required: true })], {
        add: 'handlerSetting',
      }),
      list('environmentVariables', [string('name', undefined, key), string('value', undefined, { required: true })], {
        add: 'environmentVariable',
      }),
    ],
  },
);

const fastCgi = list(
  'fastCgi',
  [
    string('fullPath', undefined, { required: true, key: 'combined', ...expanded }),
    string('arguments', '', { key: 'combined' }),
    uint('maxInstances', 4),
    uint('idleTimeout', 300),
    uint('activityTimeout', 30),
    uint('requestTimeout', 90),
    uint('instanceMaxRequests', 200),
    oneOf('protocol', ['NamedPipe', 'Tcp'], 'NamedPipe'),
    uint('queueLength', 1000),
    bool('flushNamedPipe', false),
    uint('rapidFailsPerMinute', 10),
    string('monitorChangesTo', '', expanded),
    string('stderrMode', 'ReturnStdErrIn500'),
    int('signalBeforeTerminateSeconds', 0),
  ],
  { add: 'application' },
  { elements: [list('environmentVariables', environmentVariable, { add: 'environmentVariable' })] },
);

export const loggingSections: readonly SectionSchema[] = [
  webServer(
    'httpLogging',
    element('httpLogging', [
      bool('dontLog', false),
      oneOf('selectiveLogging', ['LogAll', 'LogSuccessful', 'LogError'], 'LogAll'),
    ]),
    { mode: 'Deny' },
  ),
  webServer(
    'httpTracing',
    element('httpTracing', [], { elements: [list('traceUrls', [string('value', undefined, key)])] }),
    {
      mode: 'Deny',
    },
  ),
  webServer('tracing/traceFailedRequests', traceFailedRequests),
  webServer('tracing/traceProviderDefinitions', traceProviderDefinitions, { mode: 'Deny' }),
  webServer(
    'odbcLogging',
    element('odbcLogging', [
      string('dataSource', 'InternetDb'),
      string('tableName', 'InternetLog'),
      string('userName', 'InternetAdmin'),
      string('password', '', encrypted),
    ]),
    { mode: 'Deny' },
  ),
  webServer(
    'cgi',
    element('cgi', [
      bool('createCGIWithNewConsole', false),
      bool('createProcessAsUser', true),
      time('timeout', '00:15:00'),
    ]),
    { mode: 'Deny' },
  ),
  webServer('serverSideInclude', element('serverSideInclude', [bool('ssiExecDisable', false)]), { mode: 'Deny' }),
  webServer('fastCgi', fastCgi, { mode: 'Deny', allow: 'AppHostOnly' }),
  webServer('httpPlatform', httpPlatform, { product: 'httpPlatform' }),
  webServer('aspNetCore', aspNetCore, { product: 'aspNetCore' }),
];
