import { type ConfigModel, loadConfigModel } from '../../src/config/index.js';
import { type RewriteConfig, readRewriteConfig } from '../../src/rewrite/index.js';

const declared = `<configSections><sectionGroup name="system.applicationHost">
  <section name="sites" /><section name="applicationPools" /></sectionGroup>
  <sectionGroup name="system.webServer"><sectionGroup name="rewrite">
  <section name="rules" overrideModeDefault="Allow" /><section name="outboundRules" overrideModeDefault="Allow" />
  <section name="rewriteMaps" overrideModeDefault="Allow" /><section name="providers" overrideModeDefault="Allow" />
  <section name="globalRules" overrideModeDefault="Deny" allowDefinition="AppHostOnly" />
  <section name="allowedServerVariables" overrideModeDefault="Deny" /></sectionGroup></sectionGroup></configSections>`;

/**
 * A site at /site with the virtual directory /files and the application /dante at folders of those names. `files`: the
 * inside of <rewrite>, or a whole <configuration>; `global`: the inside of applicationHost.config's <rewrite>,
 * `locations`: its <location> elements.
 */
export function model(files: Record<string, string>, global = '', locations = ''): ConfigModel {
  const rewriteXml = (inner: string) =>
    `<configuration><system.webServer><rewrite>${inner}</rewrite></system.webServer></configuration>`;
  const applicationHost = `<configuration>${declared}
    <system.applicationHost><applicationPools><add name="P" /></applicationPools><sites><site name="S" id="1">
      <application path="/" applicationPool="P"><virtualDirectory path="/" physicalPath="/site" /><virtualDirectory path="/files" physicalPath="/files" /></application>
      <application path="/dante" applicationPool="P"><virtualDirectory path="/" physicalPath="/dante" /></application>
      <bindings><binding protocol="http" bindingInformation="*:80:" /></bindings></site></sites></system.applicationHost>
    <system.webServer><rewrite>${global}</rewrite></system.webServer>${locations}</configuration>`;
  const read = (file: string): Uint8Array | undefined => {
    const text = files[file.toLowerCase()];
    if (text === undefined) return undefined;
    return new TextEncoder().encode(text.startsWith('<configuration') ? text : rewriteXml(text));
  };
  return loadConfigModel({ file: '/apphost.config', applicationHost, reader: { read }, platform: 'posix' });
}

/** The effective rewrite sections of a URL path. Throws as the model does. */
export function configAt(loaded: ConfigModel, path: string): RewriteConfig {
  const [first] = loaded.sites;
  if (first === undefined) throw new Error('no site');
  return readRewriteConfig(loaded, loaded.locate(first, path));
}
