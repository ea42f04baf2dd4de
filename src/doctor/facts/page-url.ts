import path from 'node:path';
import { codeText, type PageFacts } from '../../source/index.js';
import type { FileFacts } from './facts.js';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Does the server hand out this folder with express.static, at its own URL? */
function isServedFolder(facts: FileFacts, folder: string): boolean {
  // `app.use(express.static(path.join(__dirname, 'public')))`, also behind the vdir path; any other first argument is a URL we cannot tell.
  const pattern = new RegExp(
    `\\.use\\(\\s*(?:process\\.env\\.\\w+[^,]*,\\s*)?(?:express\\.)?(?:static|serveStatic)\\([^)]*['"\`/]${escaped(folder)}/?['"\`]`,
  );
  return facts.server.scripts.some((script) => pattern.test(codeText(script)));
}

/**
 * How a page reaches the app's own URL: '' from a page beside it, '../' from one folder further down; undefined when nobody
 * can tell at which URL the page is.
 */
export function upToApp(facts: FileFacts, { name, isBundled }: PageFacts): string | undefined {
  if (isBundled) return undefined;
  const folder = path.posix.dirname(name);
  if (folder === '.') return '';
  const [top = '', ...deeper] = folder.split('/');
  return isServedFolder(facts, top) ? '../'.repeat(deeper.length) : undefined;
}
