import { withoutEnd } from '../trimmed.js';
import { adapters } from './adapters.js';
import { scriptsOf, sourceOf } from './app-files.js';
import type { RenderValues } from './render-values.js';
import type { Adapter, Template } from './types.js';

/**
 * The README of the new app. Placeholders in the template's README: `{{name}}`, `{{over}}` (its transports in words);
 * a line `{{settings}}` in a table for the rows of its adapter's settings, and one `{{variant}}` for the differences of this app from
 * the template; a paragraph that starts with `{{redis}}` is for apps with that adapter.
 */
export function renderProse(text: string, template: Template, values: RenderValues): string {
  const { name, typescript, adapter, transports } = values;
  const filled = withSettings(ofAdapter(text, adapter.name), adapter)
    .replace(/^\{\{variant\}\}\n\n/m, () =>
      variantOf(values)
        .map((each) => `${folded(each)}\n\n`)
        .join(''),
    )
    .replace(
      /(?:^.+\n)*.*\{\{over\}\}.*\n(?:.+\n)*/m,
      (all) => `${folded(all.replace('{{over}}', transportsText(transports)))}\n`,
    )
    .replaceAll('{{name}}', name);
  return typescript ? withSources(filled, template, adapter) : filled;
}

/** Keeps the paragraphs that are for apps with this adapter, or for any. */
function ofAdapter(text: string, name: string): string {
  const marked = new RegExp(
    `^\\{\\{(${adapters()
      .map((each) => each.name)
      .join('|')})\\}\\}((?:.+\\n)+)\\n?`,
    'gm',
  );
  const own = text.replace(marked, (all: string, wanted: string) =>
    wanted === name ? all.slice(`{{${wanted}}}`.length) : '',
  );
  return own.endsWith('\n') ? `${withoutEnd(own, '\n')}\n` : own; // the last paragraph may have been for another adapter
}

/** The transports of the app's messages, in words. */
function transportsText([first, second]: readonly string[]): string {
  if (first === 'polling')
    return second === undefined ? 'by polling' : 'by polling, and over a WebSocket where one opens';
  return second === undefined ? 'over a WebSocket' : 'over a WebSocket, or by polling where none opens';
}

/** A paragraph in lines of 120 characters at most. */
const folded = (paragraph: string): string =>
  paragraph
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/(.{1,120})(?: |$)/g, '$1\n')
    .trimEnd();

function variantOf({ adapter, transports }: RenderValues): readonly string[] {
  const list = transports.join(',');
  return [
    ...(list === 'websocket'
      ? []
      : [`Of these, web.config sets \`transports\` to \`${list}\`; \`npm start\` alone does not.`]),
    ...(Object.keys(adapter.settings).length === 0 ? [] : [`**The adapter** is ${adapter.title}. ${adapter.why}`]),
  ];
}

function withSettings(text: string, adapter: Adapter): string {
  const rows = Object.entries(adapter.settings).map(([name, value]) => {
    const where = adapter.fill?.[name];
    const what = [adapter.about?.[name], where].filter((part) => part !== undefined).join(': ');
    return `| \`${name}\` | ${where === undefined ? `\`${value}\`` : ''} | ${what} |\n`;
  });
  if (rows.length === 0) return text.replace(/^\{\{settings\}\}\n/m, '');
  return text.replace(/((?:^\|.*\n)+)\{\{settings\}\}\n((?:^\|.*\n)*)/m, (_all, above: string, below: string) =>
    aligned(`${above}${rows.join('')}${below}`),
  );
}

/** A table with aligned columns. */
function aligned(table: string): string {
  const rows = table
    .trimEnd()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const isRule = (cell: string): boolean => /^-+$/.test(cell);
  const widths = rows.reduce<number[]>(
    (most, cells) => cells.map((cell, at) => Math.max(most[at] ?? 3, isRule(cell) ? 0 : cell.length)),
    [],
  );
  const padded = (cell: string, at: number): string =>
    isRule(cell) ? '-'.repeat(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0);
  return rows.map((cells) => `| ${cells.map(padded).join(' | ')} |\n`).join('');
}

/** In a TypeScript app the sources are edited, not the built files. */
function withSources(text: string, template: Template, adapter: Adapter): string {
  const sources = new Map(scriptsOf(template, adapter).map((file) => [file, sourceOf(file)]));
  return text.replace(/^.*$/gm, (line) => {
    const named = line.replace(/(?<=`)[\w./-]+\.js(?=`)/g, (file) => sources.get(file) ?? file);
    // Keeps a table's columns aligned.
    const longer = named.length - line.length;
    return line.startsWith('|')
      ? named.replace(/ +(?=\|.)/, (gap) => ' '.repeat(Math.max(1, gap.length - longer)))
      : named;
  });
}
