import { attribute, findElement, type XmlElement } from '../../../xml/index.js';
import { httpPlatformOf } from '../../facts/http-platform.js';
import { defineRule } from '../define-rule.js';

/** What version 1.2 reads and version 2 does not (httpplatformhandler.md 3). */
function onlyOf12(section: XmlElement): { readonly element: XmlElement; readonly says: string } | undefined {
  const recycle = findElement(section, 'recycleOnFileChange');
  if (recycle !== undefined)
    return {
      element: recycle,
      says: 'recycleOnFileChange works in version 1.2; version 2 accepts it and does nothing',
    };
  if (attribute(section, 'startupRetryCount') !== undefined)
    return {
      element: section,
      says: 'startupRetryCount is of version 1.2; version 2 does not know it, and may refuse the section',
    };
  return undefined;
}

/** The two products with one name differ. */
export const platformVersionDiffers = defineRule({
  code: 'PLATFORM_VERSION_DIFFERS',
  severity: 'info',
  title: 'web.config has a setting that one version of HttpPlatformHandler knows',
  why: 'Under the other version a new file is not noticed until the pool is recycled, or the site answers 500.19.',
  help: `HttpPlatformHandler 1.2 is by Microsoft, 2.0 by LeXtudio; both have the section httpPlatform. recycleOnFileChange has effect in 1.2 only,
startupRetryCount exists in 1.2 only. appcmd list module httpPlatformHandler shows a path with \\V2\\ for version 2.`,
  check(facts) {
    const platform = httpPlatformOf(facts);
    const found = platform && onlyOf12(platform.section);
    if (found === undefined) return [];
    return [
      {
        message: `${found.says}.`,
        fix: 'Look which version the server has; recycle the pool after a deployment.',
        at: facts.query.place(found.element),
      },
    ];
  },
});
