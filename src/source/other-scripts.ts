import type { AppFolder } from './folder.js';
import { hasLongLine } from './long-line.js';
import { readScript, type ServerScript } from './server-sources.js';

const script = /\.([cm]?[jt]s|[jt]sx)$/i;
/** Files that are not part of the running site. */
const besides =
  /(^|\/)(tests?|__tests__|__mocks__|spec|e2e|cypress|coverage|examples?|bench(marks?)?)\/|\.(test|spec|min|d)\.[cm]?[jt]sx?$/i;
/** Of a tool; below src it is the app's own, such as Angular's app.config.ts. */
const ofTool = /^(?!(?:.*\/)?src\/).*\.config\.[cm]?[jt]sx?$/i;
const mostScripts = 400;
/** Files with a line of this length are treated as bundles. */
const longestLine = 2_001;

/**
 * The app's scripts and TypeScript sources that are not among `known` (names in the folder); no tests, no bundles.
 *
 * @param isWanted Checks the text before it is parsed, which takes longer.
 */
export function readOtherScripts(
  folder: AppFolder,
  known: ReadonlySet<string>,
  isWanted: (text: string) => boolean,
): ServerScript[] {
  return folder.files
    .filter((name) => script.test(name) && !besides.test(name) && !ofTool.test(name) && !known.has(name))
    .slice(0, mostScripts)
    .filter((name) => {
      const text = folder.read(name) ?? '';
      return isWanted(text) && !hasLongLine(text, longestLine);
    })
    .flatMap((name) => readScript(folder, name, true) ?? []);
}
