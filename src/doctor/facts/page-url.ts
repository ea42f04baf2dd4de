import path from 'node:path';
import { remembered } from '../../remembered.js';
import { codeText, type PageFacts } from '../../source/index.js';
import type { FileFacts } from './facts.js';
import { nodeAnswers } from './sent-pages.js';

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
  if (isBundled || isSentByHand(facts, name)) return undefined;
  const [top = '.', ...deeper] = path.posix.dirname(name).split('/');
  if (top !== '.' && !isServedFolder(facts, top)) return undefined;
  const isSentElsewhere = pagesSent(facts).some(
    (page) => page.name === name && page.url.split('/').length - 2 !== deeper.length,
  );
  return isSentElsewhere ? undefined : '../'.repeat(deeper.length);
}

const pagesSent = remembered((facts: FileFacts) => nodeAnswers(facts)?.pages ?? []);

/** `createReadStream('lot.html')`, at a URL that only the code around it tells; an index.html is mostly the page of the app's own URL. */
function isSentByHand(facts: FileFacts, name: string): boolean {
  const file = path.posix.basename(name);
  if (/^(index|default)\./i.test(file)) return false;
  const pattern = new RegExp(`\\b(?:createReadStream|readFile(?:Sync)?)\\([^;\\n]{0,200}['"\`/]${escaped(file)}['"\`]`);
  return facts.server.scripts.some((script) => pattern.test(codeText(script)));
}
