import { someOf } from '../../amounts.js';
import {
  attribute,
  escapeAttribute,
  findElements,
  insertElementEdit,
  parseXml,
  type TextEdit,
  type XmlDocument,
  type XmlElement,
  XmlError,
} from '../../xml/index.js';
import { readsVariable } from '../facts/environment-names.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { everythingFails } from './symptoms.js';
import { editWebConfig } from './web-config-edits.js';

interface Setting {
  readonly key: string;
  readonly value: string;
}

interface Missing {
  readonly section: XmlElement;
  readonly file: string;
  /** What node does not get of the file. */
  readonly settings: readonly Setting[];
}

/** What is in the file that `file=""` names; undefined where it is not there, or is no appSettings. */
function settingsIn({ folder }: FileFacts, file: string): readonly Setting[] | undefined {
  const text = folder.read(file);
  if (text === undefined) return undefined;
  try {
    const { root } = parseXml(text, file);
    if (root.name !== 'appSettings') return undefined;
    return findElements(root, 'add').flatMap((add) => {
      const key = attribute(add, 'key');
      return key ? [{ key, value: attribute(add, 'value') ?? '' }] : [];
    });
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
}

function missingOf(facts: FileFacts, section: XmlElement): Missing | undefined {
  const file = attribute(section, 'file');
  if (file === undefined) return undefined;
  // .NET lets the file win over what web.config has.
  const settings = settingsIn(facts, file)?.filter(({ key, value }) => facts.query.appSetting(key) !== value);
  return settings === undefined || settings.length === 0 ? undefined : { section, file, settings };
}

/** What may not be copied into a file that is in the repository. */
const isSecret = ({ key }: Setting): boolean => /pass|pwd|secret|token|key|credential|connection/i.test(key);

/** The section has nothing besides, so that the whole of it can be in the file, which IIS itself reads. */
const isAlone = ({ section }: Missing): boolean => section.children.length === 0 && section.attributes.length === 1;

const isBelow = (file: string): boolean => !/^(?:[a-z]:|[\\/])|(?:^|[\\/])\.\.(?:[\\/]|$)/i.test(file);

function editsFor(document: XmlDocument, missing: Missing): readonly TextEdit[] {
  const { section, settings, file } = missing;
  const [named] = section.attributes;
  if (isAlone(missing) && named !== undefined && isBelow(file)) {
    const { start } = named.span;
    return [{ span: { start, end: start + named.name.length }, text: 'configSource' }];
  }
  const known = section.children.some((child) =>
    settings.some(({ key }) => attribute(child, 'key')?.toLowerCase() === key.toLowerCase()),
  );
  if (known || settings.some(isSecret)) return [];
  const xml = settings
    .map(({ key, value }) => `<add key="${escapeAttribute(key)}" value="${escapeAttribute(value)}" />`)
    .join('\n');
  return insertElementEdit(document, section, xml, { at: 'last' });
}

const listed = (names: readonly string[]): string => someOf(names, 4);

function finding(facts: FileFacts, missing: Missing): RuleFinding<Missing> {
  const { section, settings, file } = missing;
  const read = settings.filter(({ key }) => readsVariable(facts, key));
  const named = section.attributes.find(({ name }) => name === 'file');
  const names = listed((read.length > 0 ? read : settings).map(({ key }) => key));
  const fix = isAlone(missing)
    ? `<appSettings configSource="${file}" />, which IIS reads; or write the settings into web.config`
    : `Write ${names} into the <appSettings> of web.config, or set them as environment variables of the application pool.`;
  return {
    message: `<appSettings file="${file}"> is read only by .NET: node does not get ${names}${read.length > 0 ? ', which the server reads' : ''}.`,
    severity: read.length > 0 ? 'error' : 'warning',
    fix,
    ...(named && { at: facts.query.place(named.span.start) }),
    data: missing,
  };
}

/** appSettings names a further file, which only .NET reads. */
export const settingsFileNotRead = defineRule<Missing>({
  code: 'SETTINGS_FILE_NOT_READ',
  severity: 'error',
  explains: [...everythingFails, 'APP_CRASHED', 'APP_ENDED', 'APP_LISTENED_ELSEWHERE'],
  leadsTo: ['VDIR_PATH_NOT_SAID', 'SOCKET_PATH_UNKNOWN', 'SOCKET_PATH_MISMATCH_CLIENT', 'ROUTES_WITHOUT_VDIR_PATH'],
  title: 'Settings are in a file that iisnode does not read',
  why: 'process.env does not have them: the app takes its defaults, or fails.',
  help: `<appSettings file="..."> adds the settings of a further file, and that is a feature of .NET alone: IIS's own configuration system, with
which iisnode reads appSettings, ignores the attribute. Write the settings into web.config; or, where the whole section can be in the file,
use configSource="..." in the place of file="...": IIS reads that, the file must exist, and <appSettings> has nothing else then. Secrets are
better environment variables of the application pool (IIS 10: appcmd set config -section:applicationPools), or in a file that the app reads
itself. --fix changes file into configSource, or adds settings that are no secrets.`,
  check(facts) {
    const { document } = facts.webConfig;
    if (document === undefined || facts.iisnode === undefined || hostedElsewhere(facts)) return [];
    return findElements(document.root, 'appSettings')
      .flatMap((section) => missingOf(facts, section) ?? [])
      .map((missing) => finding(facts, missing));
  },
  fix: (facts, { data }) => (data === undefined ? [] : editWebConfig(facts, (document) => editsFor(document, data))),
});
