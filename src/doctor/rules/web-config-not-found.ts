import { iisnodeSock } from '../../typed-command.js';
import type { FileFacts } from '../types.js';
import { defineRule } from './define-rule.js';

/** A site's root may only be the parent folder of its applications. */
function holdsApplications({ folder, vdirPath, place }: FileFacts): boolean {
  const isRoot = (vdirPath?.path ?? place?.vdirPath ?? '/') === '/';
  return isRoot && folder.files.some((file) => /^[^/]+\/web\.config$/i.test(file));
}

/** IIS has no configuration of the folder: it is served as plain files. */
export const webConfigNotFound = defineRule({
  code: 'WEB_CONFIG_NOT_FOUND',
  severity: 'error',
  title: 'There is no web.config',
  why: 'Without one IIS treats every file of the folder as static content: the browser gets the source, or 404, and node never starts.',
  help: `web.config tells IIS which file iisnode runs, which URLs go to it, and that IIS leaves WebSockets alone. It belongs into the
folder of the app, beside the entry point, also when the app is deployed to a path below a site. ${iisnodeSock} init writes one for
an app that exists and keeps its files. A folder that only holds applications, each with its own web.config, needs none at the root of
the site.`,
  check(facts) {
    if (facts.webConfig.bytes !== undefined || holdsApplications(facts)) return [];
    const [entry] = facts.entries;
    return [
      {
        message: `There is no web.config in ${facts.directory}, so nothing gives ${entry?.name ?? 'the app'} to iisnode.`,
        fix: `${iisnodeSock} init . adds a web.config, and keeps your files.`,
      },
    ];
  },
});
