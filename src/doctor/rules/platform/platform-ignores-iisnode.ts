import { readsVariable } from '../../facts/environment-names.js';
import { httpPlatformOf } from '../../facts/http-platform.js';
import type { FileFacts, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';

/** Keys of appSettings that the code reads from its environment, where they are not. */
function missingVariables(facts: FileFacts, names: ReadonlySet<string>): readonly string[] {
  const keys = (facts.query.section('appSettings')?.items ?? []).map((add) => add.string('key'));
  return keys.filter((key) => !names.has(key.toUpperCase()) && readsVariable(facts, key));
}

/** What is left of iisnode on a site of HttpPlatformHandler (httpplatformhandler.md 4 and 11). */
export const platformIgnoresIisnode = defineRule({
  code: 'PLATFORM_IGNORES_IISNODE',
  severity: 'info',
  title: 'HttpPlatformHandler does not read what only iisnode reads',
  why: 'HttpPlatformHandler knows neither iisnode.yml nor the iisnode section, and passes no appSettings to node: such settings have no effect.',
  help: `iisnode passes appSettings to node as environment variables and restarts the app when a watched file changes. HttpPlatformHandler does
neither: variables are <environmentVariable name=".." value=".." /> in httpPlatform/environmentVariables, and a changed script is used
after the application pool is recycled (version 1.2 also has recycleOnFileChange). Move the variables, and remove iisnode.yml and the
iisnode section.`,
  check(facts) {
    const platform = httpPlatformOf(facts);
    if (platform === undefined) return [];
    const { query, folder } = facts;
    const missing = missingVariables(facts, new Set(platform.variables.map(({ name }) => name.toUpperCase())));
    const [key] = missing;
    const found: RuleFinding[] = [];
    if (key !== undefined) {
      const origin = query.appSettingOrigin(key);
      const at = origin && query.placeOf(origin);
      found.push({
        severity: 'warning',
        message: `The server reads ${missing.join(', ')} from its environment, but appSettings does not get there.`,
        fix: `<environmentVariable name="${key}" value=".." /> in httpPlatform/environmentVariables`,
        ...(at && { at }),
      });
    }
    const yml = folder.hasSources && folder.isFile('iisnode.yml');
    const section = query.section('system.webServer/iisnode')?.origin();
    if (!yml && section === undefined) return found;
    const place = section && query.placeOf(section);
    found.push({
      message: `${yml ? 'iisnode.yml' : 'The iisnode section'} has no effect on this site: a changed script is used only after a recycle.`,
      fix: 'Remove it; recycle the application pool after a change.',
      at: place ?? query.place(platform.section),
    });
    return found;
  },
});
