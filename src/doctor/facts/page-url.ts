import path from 'node:path';
import { codeText, type PageFacts } from '../../source/index.js';
import type { FileFacts } from './facts.js';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Does the server serve this folder with express.static, at its own URL? */
function isServedFolder(facts: FileFacts, folder: string): boolean {
  // `app.use(express.static(path.join(__dirname, 'public')))`, also after the vdir path; any other first argument is an unknown URL.
  const pattern = new RegExp(
    `\\.use\\(\\s*(?:process\\.env\\.\\w+[^,]*,\\s*)?(?:express\\.)?(?:static|serveStatic)\\([^)]*['"\`/]${escaped(folder)}/?['"\`]`,
  );
  return facts.server.scripts.some((script) => pattern.test(codeText(script)));
}

/**
 * The relative path from a page to the app's own URL: '' from a page beside it, '../' from one folder below; undefined when the
 * page's URL is unknown.
 */
export function relativePathToApp(
  facts: FileFacts,
  { name, isBundled }: Pick<PageFacts, 'name' | 'isBundled'>,
): string | undefined {
  if (isBundled) return undefined;
  const folder = path.posix.dirname(name);
  if (folder === '.') return '';
  const [top = '', ...deeper] = folder.split('/');
  return isServedFolder(facts, top) ? '../'.repeat(deeper.length) : undefined;
}
