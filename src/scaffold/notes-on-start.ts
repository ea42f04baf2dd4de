import type { LoaderNeed } from '../app/index.js';
import { sectionsAt } from '../webconfig/index.js';
import { attribute, type XmlDocument } from '../xml/index.js';
import type { KnownSettings } from './known-settings.js';
import type { CheckedOptions } from './options.js';

/** What the start script says and the loader cannot do: pm2's processes are a setting of iisnode, and IIS starts one app of pm2's. */
export function notesOnStart(
  { processes }: Pick<CheckedOptions, 'processes'>,
  known: Pick<KnownSettings, 'processes'>,
  { instances, beside = [] }: Pick<LoaderNeed['start'], 'instances' | 'beside'>,
): string[] {
  const others =
    beside.length === 0 ? [] : [`pm2 also starts ${beside.join(', ')}; IIS does not: run it in another way`];
  return [...others, ...notesOnProcesses(processes ?? known.processes ?? 1, instances)];
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
