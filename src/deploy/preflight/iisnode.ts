import path from 'node:path';
import type { Obstacle, Preflight, PreflightCheck } from './check.js';
import { needs } from './products.js';
import { sources } from './sources.js';

const { name, section, from, option } = sources.iisnode;
const onExpress =
  'install its build for IIS Express, of the same bitness ("iisnode for iis express 7.x" of https://github.com/Azure/iisnode/releases), as the user whose IIS Express it is for; then deploy again';

/** The module and its section come with its MSI (iis.md 5). */
const installed = needs('iisnode', {
  code: 'IISNODE_NOT_INSTALLED',
  name,
  modules: ['iisnode'],
  section,
  remedy: `install it on the server, and Node.js: ${from}; then deploy again (or let deploy install it: ${option})`,
  onExpress,
});

export const iisnode: PreflightCheck = {
  ...installed,
  look: async (asked) => (await installed.look(asked)) ?? lookForSchema(asked),
};

/** The applicationhost.config of another machine or user may have the section: without its schema that is 500.19. */
function lookForSchema({ context: { target }, plan }: Preflight): Obstacle | undefined {
  if (target.kind !== 'iisexpress' || !plan.sections.some((one) => one.startsWith(section))) return undefined;
  const file = path.join(target.schemaFolder, 'iisnode_schema.xml');
  if (target.folderExists(file)) return undefined;
  return {
    code: 'IISNODE_SCHEMA_MISSING',
    what: `iisnode is not installed for IIS Express: there is no ${file}`,
    why: 'The configuration declares the section of iisnode, but without its schema IIS Express answers every request with 500.19.',
    next: onExpress,
  };
}
