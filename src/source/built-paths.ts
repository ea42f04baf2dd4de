import type { AnyNode } from 'acorn';
import { withoutEnd } from '../trimmed.js';
import { appScript } from './app-script.js';
import { bindingsOf } from './bindings.js';
import type { AppFolder } from './folder.js';
import { keyOf } from './properties.js';
import { type Place, placeAt } from './text-file.js';
import { objectOf, propertyOf, readValue } from './values.js';

/** A path that a framework builds into an app's pages, scripts and links. */
export interface BuiltPath {
  /** 'basePath', 'assetPrefix', 'app.baseURL', 'base', 'basename', 'kit.paths.base' */
  readonly setting: string;
  /** Without a slash at its end; '' for the root of the site. */
  readonly path: string;
  /** Only for what pages load, not for the URLs of the pages. */
  readonly isForAssets: boolean;
  readonly at: Place;
}

/** Astro and SvelteKit also make sites of their own in folders of a repository. */
const configurations = /^(?:(?:.*\/)?(next|nuxt)|(astro|react-router|svelte))\.config\.[cm]?[jt]s$/i;
/** The key of other frameworks; the object that has it is the configuration itself, or the value of a key there. */
const otherKeys: Readonly<Record<string, { readonly key: string; readonly of?: string; readonly setting: string }>> = {
  astro: { key: 'base', setting: 'base' },
  'react-router': { key: 'basename', setting: 'basename' },
  svelte: { key: 'base', of: 'paths', setting: 'kit.paths.base' },
};

/** The paths that the configuration of Next, Nuxt, Astro, React Router or SvelteKit has as literals; none where an app has several configurations. Never throws. */
export function readBuiltPaths(folder: AppFolder): readonly BuiltPath[] {
  const [name, ...others] = folder.files.filter((file) => configurations.test(file));
  const script = name === undefined || others.length > 0 ? undefined : appScript(folder, name, true);
  if (name === undefined || script?.tree === undefined) return [];
  const bindings = bindingsOf(script.tree);
  const found = (setting: string, value: AnyNode | undefined): BuiltPath[] => {
    const read = value && readValue(value, bindings);
    if (value === undefined || read?.kind !== 'literal' || !/^(\/(?!\/).*)?$/.test(String(read.value))) return [];
    const at = placeAt(script.source, script.offset + value.start);
    const written = withoutEnd(String(read.value), '/');
    return [{ setting, path: written, isForAssets: setting === 'assetPrefix', at }];
  };
  const { tree } = script;
  const other = otherKeys[configurations.exec(name)?.[2]?.toLowerCase() ?? ''];
  return tree.ofType('Property').flatMap((property) => {
    const key = keyOf(property);
    if (other !== undefined) {
      const around = tree.parentOf(tree.parentOf(property) ?? property);
      const owner = around?.type === 'Property' ? keyOf(around) : undefined;
      return key === other.key && owner === other.of ? found(other.setting, property.value) : [];
    }
    if (key === 'basePath' || key === 'assetPrefix') return found(key, property.value);
    const app = key === 'app' ? objectOf(property.value, bindings) : undefined;
    return app === undefined ? [] : found('app.baseURL', propertyOf(app, 'baseURL', bindings));
  });
}
