import { withoutEnd } from '../trimmed.js';
import { ConfigError } from './error.js';
import { type PathStyle, segmentsOf } from './physical-path.js';
import type { ApplicationModel, ConfigLocation, SiteModel, VirtualDirectoryModel } from './types.js';

/** A virtual directory with its URL path in the site. */
export interface MappedDirectory {
  readonly application: ApplicationModel;
  readonly virtualDirectory: VirtualDirectoryModel;
  /** URL path as configured, without trailing slash: '' for the site's root. */
  readonly path: string;
  /** True for the root of its application. */
  readonly isApplicationRoot: boolean;
}

/** Finds the virtual directory of a URL path in one site; case is ignored. */
export class UrlMap {
  readonly site: SiteModel;
  readonly #directories = new Map<string, MappedDirectory>();

  constructor(site: SiteModel) {
    this.site = site;
    const applications = new Set(site.applications.map(({ path }) => trim(path).toLowerCase()));
    for (const application of site.applications) {
      const root = trim(application.path);
      for (const virtualDirectory of application.virtualDirectories) {
        const path = root + trim(virtualDirectory.path);
        // A virtual directory does not contain the URLs of a deeper application.
        if (longestPrefix(path.toLowerCase(), applications) !== root.toLowerCase()) continue;
        const isApplicationRoot = path === root;
        this.#directories.set(path.toLowerCase(), { application, virtualDirectory, path, isApplicationRoot });
      }
    }
  }

  /** The virtual directory at exactly this path ('' or '/dante'). */
  at(path: string): MappedDirectory | undefined {
    return this.#directories.get(path.toLowerCase());
  }

  isApplicationRoot(path: string): boolean {
    return path === '' || this.at(path)?.isApplicationRoot === true;
  }

  /** Longest matching application, then virtual directory. Throws ConfigError when the site has no root application. */
  locate(path: string, style: PathStyle): ConfigLocation {
    const segments = segmentsOf(path);
    for (let length = segments.length; length >= 0; length--) {
      const found = this.at(
        segments
          .slice(0, length)
          .map((segment) => `/${segment}`)
          .join(''),
      );
      if (found === undefined) continue;
      const { application, virtualDirectory } = found;
      const rest = segments.slice(length);
      return {
        site: this.site,
        application,
        virtualDirectory,
        path: path.startsWith('/') ? path : `/${path}`,
        physicalPath:
          rest.length === 0 ? virtualDirectory.physicalPath : style.join(virtualDirectory.physicalPath, ...rest),
      };
    }
    const text = `Unrecognized configuration path 'MACHINE/WEBROOT/APPHOST/${this.site.name}${path}'`;
    throw new ConfigError('unknown-path', text);
  }
}

const trim = (path: string): string => (path === '/' ? '' : withoutEnd(path, '/'));

/** The longest of `paths` that is `path` or a folder above it; '' when none is. */
function longestPrefix(path: string, paths: ReadonlySet<string>): string {
  let prefix = path;
  while (prefix !== '' && !paths.has(prefix)) prefix = prefix.slice(0, prefix.lastIndexOf('/'));
  return prefix;
}
