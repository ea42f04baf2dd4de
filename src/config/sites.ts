import type { PathStyle } from './physical-path.js';
import { segmentsOf } from './physical-path.js';
import type { ApplicationModel, BindingModel, EffectiveElement, SiteModel, VirtualDirectoryModel } from './types.js';

export interface SiteContext {
  readonly style: PathStyle;
  /** Base folder of relative physical paths. */
  readonly base: string;
}

/** The sites of `system.applicationHost/sites`. */
export function readSites(sites: EffectiveElement, context: SiteContext): readonly SiteModel[] {
  return sites.items.map((site) => ({
    name: site.string('name'),
    id: site.number('id'),
    serverAutoStart: site.boolean('serverAutoStart'),
    bindings: site.child('bindings').items.map(readBinding),
    applications: site.items.map((application) => readApplication(application, context)),
  }));
}

function readApplication(application: EffectiveElement, context: SiteContext): ApplicationModel {
  return {
    path: application.string('path'),
    // The schema has no default; the installed applicationDefaults name this pool.
    pool: application.string('applicationPool') || 'DefaultAppPool',
    preloadEnabled: application.boolean('preloadEnabled'),
    virtualDirectories: application.items.map((virtualDirectory) => readVirtualDirectory(virtualDirectory, context)),
  };
}

function readVirtualDirectory(virtualDirectory: EffectiveElement, { style, base }: SiteContext): VirtualDirectoryModel {
  const written = virtualDirectory.string('physicalPath');
  const physicalPath = style.isAbsolute(written) ? written : style.join(base, ...segmentsOf(written));
  return {
    path: virtualDirectory.string('path'),
    physicalPath,
    allowSubDirConfig: virtualDirectory.boolean('allowSubDirConfig'),
  };
}

/** `IP:port:host`; IPv6 addresses are in brackets, an empty IP means all. */
function readBinding(binding: EffectiveElement): BindingModel {
  const information = binding.string('bindingInformation');
  const match = /^(\[[^\]]*\]|[^:]*):(\d*):(.*)$/.exec(information);
  return {
    protocol: binding.string('protocol'),
    address: match?.[1] || '*',
    port: Number(match?.[2] || 0),
    host: match?.[3] ?? '',
  };
}
