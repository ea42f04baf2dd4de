import { clearConfig, indexer, listConfig, searchConfig } from '../../appcmd/index.js';
import { known, type Look, type PartOfScript, runAppcmd, unknown, type Variable, variableName } from './script-part.js';

const section = 'system.webServer/rewrite/allowedServerVariables';

/** Adds one to the server's list, or removes it. */
export const variableChange = (sign: '+' | '-', name: string): string[] => [
  'set',
  'config',
  `/section:${section}`,
  `/${sign}${indexer({ name })}`,
  '/commit:apphost',
];

const lookAtVariables = (names: readonly { readonly name: string; readonly into: Variable }[]): Look => ({
  kind: 'look',
  program: 'appcmd',
  args: listConfig(section),
  mentions: names.map(({ name, into }) => ({ into, texts: [`name="${name}"`] })),
});

/** Does the server set the section, if only as an empty element? */
const lookAtSection = (into: Variable): Look => ({
  kind: 'look',
  program: 'appcmd',
  args: searchConfig(section),
  mentions: [{ into, texts: ['"MACHINE/WEBROOT/APPHOST"'] }],
});

/** The server variables that rewrite rules set. They stay allowed later: other applications may set them. */
export const variablesPart: PartOfScript = ({ serverVariables = [] }) => {
  if (serverVariables.length === 0) return undefined;
  const all = serverVariables.map((name) => ({
    name,
    before: variableName('BEFORE_ALLOWED', name),
    now: variableName('NOW_ALLOWED', name),
  }));
  const missing = all.map(({ before }) => unknown(before));
  return {
    why: 'The server variables that rewrite rules set: one that is not allowed is answered with 500.50.',
    look: [
      lookAtVariables(all.map(({ name, before }) => ({ name, into: before }))),
      lookAtSection('BEFORE_ALLOWED_SECTION'),
    ],
    change: all.map(({ name, before }) => runAppcmd(variableChange('+', name), [unknown(before)])),
    undo: [
      lookAtVariables(all.map(({ name, now }) => ({ name, into: now }))),
      ...[...all]
        .reverse()
        .map(({ name, before, now }) => runAppcmd(variableChange('-', name), [unknown(before), known(now)])),
      // Removing the last entry leaves an empty element.
      lookAtSection('NOW_ALLOWED_SECTION'),
      runAppcmd(clearConfig(section), [unknown('BEFORE_ALLOWED_SECTION'), known('NOW_ALLOWED_SECTION'), ...missing]),
    ],
    remove: [],
  };
};
