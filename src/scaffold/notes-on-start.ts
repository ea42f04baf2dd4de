import type { LoaderNeed } from '../app/index.js';
import { sectionsAt } from '../webconfig/index.js';
import { attribute, type XmlDocument } from '../xml/index.js';
import type { KnownSettings } from './known-settings.js';
import type { CheckedOptions } from './options.js';

type Start = LoaderNeed['start'];

/**
 * What starts the app says more than the loader can do: pm2's processes are a setting of iisnode, and of several programs IIS starts
 * one.
 */
export function notesOnStart(
  { processes }: Pick<CheckedOptions, 'processes'>,
  known: Pick<KnownSettings, 'processes'>,
  entry: string,
  start: Pick<Start, 'instances' | 'beside' | 'chosenBy' | 'nodeOptions'>,
): string[] {
  return [
    ...notesOnOthers(entry, start),
    ...notesOnPnp(start),
    ...notesOnProcesses(processes ?? known.processes ?? 1, start.instances),
  ];
}

const reasons: Readonly<Record<NonNullable<Start['chosenBy']>, string>> = {
  listens: ', the one that listens',
  'listens first': ', the first one that listens',
  port: ', the one that has a PORT',
  name: ', named web',
  order: ', the first of them: none is seen to listen',
};

function notesOnOthers(entry: string, { beside = [], chosenBy }: Pick<Start, 'beside' | 'chosenBy'>): string[] {
  if (beside.length === 0) return [];
  const names = beside.map(({ name, start }) => (name === start.script ? name : `${name} (${start.script})`));
  const reason = chosenBy === undefined ? '' : reasons[chosenBy];
  return [
    `the app is started as several programs, and IIS starts ${entry}${reason}; it does not start ${names.join(', ')}: run the rest in another way, or choose with --entry FILE`,
  ];
}

/** yarn's cache may be in the profile of a user. */
function notesOnPnp({ nodeOptions = [] }: Pick<Start, 'nodeOptions'>): string[] {
  if (!nodeOptions.some((each) => each.includes('.pnp.cjs'))) return [];
  return [
    "the packages are in yarn's Plug'n'Play: here it serves require() alone, from a cache that the pool's account must be able to read (enableGlobalCache: false keeps it in the app); an ES module, and a release or package of deploy, need nodeLinker: node-modules in .yarnrc.yml, then yarn install",
  ];
}

function notesOnProcesses(processes: number, instances: string | undefined): string[] {
  if (instances === undefined || instances === '1' || processes !== 1) return [];
  const count = /^[2-9]\d*$|^1\d+$/.test(instances) ? instances : undefined;
  const what = count === undefined ? 'a process for each processor' : `${count} processes`;
  return [
    `pm2 starts ${what} (instances: ${instances}); under IIS nodeProcessCountPerApplication does that: --processes ${count ?? 'N'}`,
  ];
}

/** Options of node in the start script, where web.config starts node by a command line of its own. */
export function notesOnNodeOptions(
  { nodeOptions = [] }: Pick<LoaderNeed['start'], 'nodeOptions'>,
  webConfig: XmlDocument,
): string[] {
  const linesOf = (section: string, name: string) =>
    sectionsAt(webConfig, `system.webServer/${section}`).flatMap((each) => {
      const text = attribute(each, name);
      return text === undefined ? [] : [{ name, text }];
    });
  const [line] = [...linesOf('iisnode', 'nodeProcessCommandLine'), ...linesOf('httpPlatform', 'arguments')];
  const kept =
    line === undefined ? 'web.config does not' : `${line.name} in web.config, which stays, does not: ${line.text}`;
  const missing = nodeOptions.filter((each) => !(line?.text ?? '').includes(each));
  if (missing.length === 0) return [];
  return [`the start script runs node with ${missing.join(' ')}, and ${kept}`];
}
