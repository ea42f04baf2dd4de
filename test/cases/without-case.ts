import { readdirSync } from 'node:fs';
import path from 'node:path';
import { rules } from '../../src/index.js';

const rulesFolder = path.join(import.meta.dirname, '..', '..', 'src', 'doctor', 'rules');

/** Rules about what surrounds an app, and about the server: the code of each is the name of its file. */
const around = ['around', 'windows']
  .flatMap((family) => readdirSync(path.join(rulesFolder, family)))
  .map((name) => path.basename(name, '.ts').toUpperCase().replaceAll('-', '_'))
  .filter((code) => code !== 'INHERITED_RULE_TAKES_APP') // a folder above is enough for it
  .filter((code) => rules.some((rule) => rule.code === code))
  .map((code) => [code, 'it needs facts of a server, which are not in the folder of an app']);

/** Rules that no folder of the library shows, each with the reason. */
export const withoutCase: Readonly<Record<string, string>> = {
  FILE_UNREADABLE:
    'a named pipe or a missing right is no file that a repository holds (test/doctor/unreadable.test.ts)',
  TRIAL_UNDECIDED: 'it needs a service that does not answer (test/doctor/trial/trial.test.ts)',
  ...Object.fromEntries(around),
  ...Object.fromEntries(rules.flatMap(({ code, scope }) => (scope === 'live' ? [[code, 'a live site']] : []))),
  ...Object.fromEntries(rules.flatMap(({ code, scope }) => (scope === 'seen' ? [[code, 'a text, not a site']] : []))),
};
