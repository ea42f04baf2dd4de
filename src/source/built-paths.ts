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
  /** 'basePath', 'assetPrefix', 'app.baseURL' */
  readonly setting: string;
  /** Without a slash at its end; '' for the root of the site. */
  readonly path: string;
  /** Only for what pages load, not for the URLs of the pages. */
  readonly isForAssets: boolean;
  readonly at: Place;
}

const configurations = /(^|\/)(next|nuxt)\.config\.[cm]?[jt]s$/i;

/** The paths that the configuration of Next or Nuxt has as literals; none where an app has several configurations. Never throws. */
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
  return script.tree.ofType('Property').flatMap((property) => {
    const key = keyOf(property);
    if (key === 'basePath' || key === 'assetPrefix') return found(key, property.value);
    const app = key === 'app' ? objectOf(property.value, bindings) : undefined;
    return app === undefined ? [] : found('app.baseURL', propertyOf(app, 'baseURL', bindings));
  });
}
