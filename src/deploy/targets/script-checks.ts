import { listConfig, listSites } from '../../appcmd/index.js';
import type { DeployPlan } from '../plan.js';
import { sources } from '../preflight/sources.js';

/** What a script asks of its server before it changes anything. */
export interface ScriptCheck {
  /** Of appcmd. */
  readonly args: readonly string[];
  /** The exit code that refuses the server; undefined: any but 0. */
  readonly refusing?: number;
  /** Its `undo` asks it, too: what is installed no more must not keep it from removing what the script has added. */
  readonly ofUndo: boolean;
  /** What is in the way, and the remedy; human-readable. */
  readonly text: string;
}

const nothing = 'Nothing was changed.';

/** The checks of a deployment that appcmd's exit code can answer: may it be changed, and is what the app needs installed? */
export function scriptChecks({ sections }: Pick<DeployPlan, 'sections'>): readonly ScriptCheck[] {
  const isNeeded = (section: string): boolean => sections.some((one) => one.startsWith(section));
  return [
    // iis.md 2.6
    {
      args: listSites(),
      refusing: 5,
      ofUndo: true,
      text: `This prompt may not change IIS: run the script elevated. ${nothing}`,
    },
    ...(isNeeded('system.webServer/httpPlatform') ? [] : [missing(sources.iisnode, sources.iisnode.section)]),
    ...(isNeeded(sources.rewrite.section) ? [missing(sources.rewrite, `${sources.rewrite.section}/rules`)] : []),
  ];
}

/** A section that no product declares cannot be listed. */
const missing = ({ name, from }: { readonly name: string; readonly from: string }, section: string): ScriptCheck => ({
  args: listConfig(section),
  ofUndo: false,
  text: `${name} is not installed on this server: ${from}. ${nothing}`,
});
