import type { LoaderNeed } from '../app/index.js';
import type { KnownSettings } from './known-settings.js';
import type { CheckedOptions } from './options.js';

/** What the start script says and the loader cannot do: pm2's processes are a setting of iisnode. */
export function notesOnStart(
  { processes }: Pick<CheckedOptions, 'processes'>,
  known: Pick<KnownSettings, 'processes'>,
  { instances }: Pick<LoaderNeed['start'], 'instances'>,
): string[] {
  if (instances === undefined || instances === '1' || (processes ?? known.processes ?? 1) !== 1) return [];
  const count = /^[2-9]\d*$|^1\d+$/.test(instances) ? instances : undefined;
  const what = count === undefined ? 'a process for each processor' : `${count} processes`;
  return [
    `pm2 starts ${what} (instances: ${instances}); under IIS nodeProcessCountPerApplication does that: --processes ${count ?? 'N'}`,
  ];
}
