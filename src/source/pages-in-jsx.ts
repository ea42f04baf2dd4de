import type { AnyNode } from 'acorn';
import type { ScriptContext } from './context.js';
import type { AppFolder } from './folder.js';
import {
  type JsxContainer,
  type JsxNode,
  type JsxTag,
  jsxAttribute,
  jsxContainers,
  jsxElements,
  jsxTags,
} from './jsx.js';
import { type PageFacts, readHtml } from './pages.js';
import { htmlOf, isText, longestScript } from './pages-in-strings.js';
import type { ServerScript } from './server-sources.js';
import { objectOf, propertyOf } from './values.js';

/** Each is read with the text before it: so many elements of a file are read by themselves. */
const mostAlone = 100;

/** The page that a script of the server has in its JSX: `<body><script src="/socket.io/socket.io.js" /></body>`. */
export function readPagesInJsx(folder: AppFolder, { name, source, context }: ServerScript): PageFacts[] {
  if (context === undefined || context.script.code.length > longestScript) return [];
  const tags = jsxTags(context).filter((tag) => tag.name.name === 'script');
  if (tags.length === 0) return [];
  const before = ' '.repeat(context.script.offset);
  // In a page each of these would contain all that follows it.
  const closed = tags.filter(({ selfClosing }) => selfClosing);
  const markup = markupOf(context);
  const whole = blanked(markup, closed);
  const alone = closed.slice(0, mostAlone).map(({ start, end }) => ' '.repeat(start) + markup.slice(start, end));
  const containers = new Set<JsxNode>(jsxContainers(context));
  const inner = tags.slice(0, mostAlone).flatMap((tag) => innerCode(context, tag, containers) ?? []);
  const texts = [whole, ...alone, ...inner];
  const read = texts.map((html) => readHtml(folder, name, source, before + html));
  return [
    {
      name,
      isBundled: true,
      scripts: read.flatMap(({ scripts }) => scripts),
      policies: read.flatMap(({ policies }) => policies),
      clients: read.flatMap(({ clients }) => clients),
      requests: read.flatMap(({ requests }) => requests),
      files: [...new Set(read.flatMap(({ files }) => files))],
    },
  ];
}

/** The script's elements as HTML, each where it stands, with blanks for all other code, and `_` for what only running it would tell. */
function markupOf(context: ScriptContext): string {
  const { code } = context.script;
  const values = new Set(jsxTags(context).flatMap(({ attributes }) => attributes.map(({ value }) => value)));
  const containers = jsxContainers(context);
  const isContainer = new Set<JsxNode>(containers);
  const parts: readonly (readonly [JsxNode, () => string])[] = [
    ...jsxElements(context).map((node) => [node, () => code.slice(node.start, node.end)] as const),
    ...containers.map((node) => [node, () => written(code, node.expression, node, values.has(node))] as const),
  ];
  // What is inside comes later, and is written over what it is in.
  const sorted = parts.toSorted(
    ([a], [b]) => a.start - b.start || b.end - a.end || Number(isContainer.has(b)) - Number(isContainer.has(a)),
  );
  const units: string[] = new Array(code.length).fill(' ');
  for (const [{ start, end }, text] of sorted) {
    const line = text();
    for (let at = start; at < end; at++) units[at] = line[at - start] ?? ' ';
  }
  return units.join('');
}

/** Of the same length as the braces with what they contain. */
function written(code: string, expression: AnyNode, { start, end }: JsxNode, isValue: boolean): string {
  const all = code.slice(start, end);
  if (!isText(expression)) return all.replace(/[^\r\n]/g, '_');
  const before = ' '.repeat(expression.start - start);
  const text = code.slice(expression.start, expression.end);
  const isQuoted = isValue && (expression.type === 'Literal' || !text.includes('${'));
  return (before + (isQuoted ? text.replace(/^`|`$/g, '"') : htmlOf(expression, text))).padEnd(all.length);
}

function blanked(html: string, parts: readonly JsxNode[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end } of parts.toSorted((a, b) => a.start - b.start)) {
    if (start < at) continue; // inside the one before
    pieces.push(html.slice(at, start), ' '.repeat(end - start));
    at = end;
  }
  return pieces.join('') + html.slice(at);
}

const opening = '<script>';

/** `<script dangerouslySetInnerHTML={{ __html: 'io()' }} />`, with the code where it stands. */
function innerCode(context: ScriptContext, tag: JsxTag, containers: ReadonlySet<JsxNode>): string | undefined {
  const value = jsxAttribute(tag, 'dangerouslySetInnerHTML');
  const object = value && containers.has(value) && objectOf((value as JsxContainer).expression, context.bindings);
  const inner = object ? propertyOf(object, '__html', context.bindings) : undefined;
  if (inner === undefined || !isText(inner)) return undefined;
  const text = htmlOf(inner, context.script.code.slice(inner.start, inner.end));
  return `${' '.repeat(inner.start - opening.length)}${opening}${text}</script>`;
}
