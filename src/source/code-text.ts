import { remembered } from '../remembered.js';
import type { ScriptContext } from './context.js';
import { propertyName } from './properties.js';
import { parseScript } from './script.js';
import type { LoadedScript } from './server-sources.js';
import type { TextFile } from './text-file.js';

/** The text of a script with its comments replaced by spaces, so that matches in it are code; the whole text if it does not parse. */
export function codeText({ context, source }: LoadedScript): string {
  return context ? withoutComments(context) : source.text;
}

const withoutComments = remembered(({ script, tree }: ScriptContext): string => {
  // While the parser tries to read JSX as something else, it treats `//` in its text as a comment.
  const texts = tree.nodes.filter(({ type }) => String(type) === 'JSXText');
  let text = '';
  for (const { start, end } of [...script.comments].sort((a, b) => a.start - b.start)) {
    if (start < text.length || texts.some((each) => each.start <= start && start < each.end)) continue;
    text += script.code.slice(text.length, start) + script.code.slice(start, end).replace(/[^\r\n]/g, ' ');
  }
  return text + script.code.slice(text.length);
});

/** Does a script make a server listen: `server.listen(..)`? For a script that does not parse its text is searched. */
export function makesListen(source: TextFile): boolean {
  const { tree } = parseScript(source);
  if (!tree) return /\.listen\s*\(/.test(source.text);
  return tree.ofType('CallExpression').some((node) => propertyName(node.callee) === 'listen');
}
