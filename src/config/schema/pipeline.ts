import {
  bool,
  element,
  entries,
  expanded,
  flags,
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

/** Handlers, modules and what they do with a request (`IIS_schema.xml` of IIS 10). */
const cased = { caseSensitive: true };
const access = { None: 0, Read: 1, Write: 2, Script: 4, Execute: 512 };

const handlers = element(
  'handlers',
  [
    flags(
      'accessPolicy',
      { ...access, Source: 16, NoRemoteWrite: 1024, NoRemoteRead: 4096, NoRemoteExecute: 8192, NoRemoteScript: 16384 },
      'Read',
    ),
  ],
  {
    collection: entries(
      [
        string('name', undefined, { ...key, ...nonEmpty, ...cased }),
        string('path', undefined, { required: true, ...nonEmpty }),
        string('verb', undefined, { required: true, ...nonEmpty, ...cased }),
        string('type', '', cased),
        string('modules', 'ManagedPipelineHandler', cased),
        string('scriptProcessor', '', expanded),
        oneOf('resourceType', ['File', 'Directory', 'Either', 'Unspecified'], 'Unspecified'),
        oneOf('requireAccess', ['None', 'Read', 'Write', 'Script', 'Execute'], 'Script'),
        bool('allowPathInfo', false),
        string('preCondition', '', cased),
        uint('responseBufferLimit', 4194304),
      ],
      { mergeAppend: false },
    ),
  },
);

const modules = element(
  'modules',
  [bool('runAllManagedModulesForAllRequests', false), bool('runManagedModulesForWebDavRequests', false)],
  {
    collection: entries([
      string('name', undefined, { ...key, ...nonEmpty, ...cased }),
      string('type', '', cased),
      string('preCondition', '', cased),
    ]),
  },
);

const globalModules = list('globalModules', [
  string('name', undefined, { ...key, ...nonEmpty, ...cased }),
  string('image', undefined, { required: true, ...nonEmpty, ...expanded }),
  string('preCondition', '', cased),
]);

const applicationInitialization = element(
  'applicationInitialization',
  [string('remapManagedRequestsTo', ''), bool('skipManagedModules', false), bool('doAppInitAfterRestart', false)],
  {
    // The shipped schema says mergeElement="false", which is read as mergeAppend here.
    collection: entries([string('initializationPage', undefined, key), string('hostName', '')], { mergeAppend: false }),
  },
);

const serverRuntime = element('serverRuntime', [
  bool('enabled', true),
  uint('appConcurrentRequestLimit', 5000),
  uint('maxRequestEntityAllowed', 4294967295),
  uint('uploadReadAheadSize', 49152),
  string('alternateHostName', ''),
  bool('enableNagling', false),
  uint('frequentHitThreshold', 2, { validator: range(1, 2147483647) }),
  time('frequentHitTimePeriod', '00:00:10', seconds(1, 2147483)),
  oneOf('authenticatedUserOverride', ['UseAuthenticatedUser', 'UseWorkerProcessUser'], 'UseAuthenticatedUser'),
]);

export const pipelineSections: readonly SectionSchema[] = [
  webServer('handlers', handlers, { mode: 'Deny' }),
  webServer('modules', modules, { mode: 'Deny', allow: 'MachineToApplication' }),
  webServer('globalModules', globalModules, { mode: 'Deny', allow: 'AppHostOnly' }),
  webServer('serverRuntime', serverRuntime, { mode: 'Deny' }),
  webServer('applicationInitialization', applicationInitialization, { allow: 'MachineToApplication' }),
  webServer(
    'webSocket',
    element('webSocket', [
      bool('enabled', true),
      uint('receiveBufferLimit', 4194304, { validator: range(4096, 2147483647) }),
      time('pingInterval', '00:00:00', seconds(0, 86400)),
    ]),
    { mode: 'Deny' },
  ),
  webServer('validation', element('validation', [bool('validateIntegratedModeConfiguration', true)])),
  webServer(
    'isapiFilters',
    list(
      'isapiFilters',
      [
        string('name', undefined, { ...key, ...nonEmpty }),
        string('path', undefined, { required: true, ...nonEmpty, ...expanded }),
        bool('enabled', true),
        bool('enableCache', false),
        string('preCondition', ''),
      ],
      { add: 'filter' },
    ),
    { mode: 'Deny', allow: 'MachineToApplication' },
  ),
];
