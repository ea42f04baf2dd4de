import { element, entries, key, string } from './build.js';
import type { AllowDefinition, SectionSchema } from './types.js';

/** What .NET Framework 4's machine.config declares. IIS and node do not read it: accepted, and not checked. */
const uncheckedSection = (path: string, allowDefinition: AllowDefinition = 'Everywhere'): SectionSchema => ({
  path,
  overrideModeDefault: 'Allow',
  allowDefinition,
  product: 'machine',
});

const describedContent = (content: NonNullable<SectionSchema['element']>): SectionSchema => ({
  ...uncheckedSection(content.name),
  element: content,
});

const below = (group: string, names: string): readonly SectionSchema[] =>
  names.split(' ').map((name) => uncheckedSection(`${group}/${name}`));

const topLevel =
  'runtime startup system.codedom system.diagnostics system.windows.forms mscorlib uri system.xaml ' +
  'system.data system.data.dataset system.data.odbc system.data.oledb system.data.oracleclient system.data.sqlclient ' +
  'configProtectedData satelliteassemblies system.runtime.remoting assemblyBinding protectedData CLRSettings';

const systemWeb =
  'anonymousIdentification authentication authorization browserCaps clientTarget compilation customErrors deployment ' +
  'deviceFilters fullTrustAssemblies globalization healthMonitoring hostingEnvironment httpCookies httpHandlers ' +
  'httpModules httpRuntime identity machineKey membership mobileControls pages partialTrustVisibleAssemblies ' +
  'processModel profile protocols roleManager securityPolicy sessionPageState sessionState siteMap trace trust ' +
  'urlMappings webControls webParts webServices xhtmlConformance';

export const machineSections: readonly SectionSchema[] = [
  describedContent(
    element('appSettings', [string('file')], {
      collection: entries([string('key', undefined, key), string('value', '')]),
    }),
  ),
  describedContent(
    element('connectionStrings', [], {
      collection: entries([
        string('name', undefined, key),
        string('connectionString', '', { required: true }),
        string('providerName', 'System.Data.SqlClient'),
      ]),
    }),
  ),
  ...topLevel.split(' ').map((name) => uncheckedSection(name)),
  ...below('system.web', systemWeb),
  ...below('system.web/caching', 'cache outputCache outputCacheSettings sqlCacheDependency'),
  ...below(
    'system.net',
    'authenticationModules connectionManagement defaultProxy requestCaching settings webRequestModules',
  ),
  ...below('system.net/mailSettings', 'smtp'),
  ...below(
    'system.serviceModel',
    'behaviors bindings client comContracts commonBehaviors diagnostics extensions machineSettings ' +
      'protocolMapping routing serviceHostingEnvironment services standardEndpoints tracking',
  ),
  ...below('system.serviceModel.activation', 'diagnostics net.pipe net.tcp'),
  ...below('system.runtime.serialization', 'dataContractSerializer netDataContractSerializer'),
  ...below('system.transactions', 'defaultSettings machineSettings'),
  ...below('system.runtime.caching', 'memoryCache'),
  ...below('system.xml.serialization', 'dateTimeSerialization schemaImporterExtensions xmlSerializer'),
  ...below('system.xml', 'xmlReader xmlUriResolver'),
  ...below('system.web.extensions/scripting', 'scriptResourceHandler'),
  ...below(
    'system.web.extensions/scripting/webServices',
    'authenticationService jsonSerialization profileService roleService',
  ),
  ...below('system.xaml.hosting', 'httpHandlers'),
];
