import type { StageFailure } from '../../pipeline/sections/index.js';
import { diskReader } from '../../webconfig/index.js';
import { cut } from './cut.js';
import { explanation, reasonPhrase, statusText } from './http-status.js';

/** The facts about the request on the error page. */
export interface ErrorPageFacts {
  readonly requestedUrl: string;
  readonly physicalPath: string;
  readonly handler: string;
}

/** The detailed page IIS shows to local clients: status with sub-status, module, configuration error with file and lines. */
export function detailedErrorPage(failure: StageFailure, facts: ErrorPageFacts): string {
  const code = statusText(failure.status, failure.subStatus);
  const detail = cut(failure.detail);
  const title = `IIS 10.0 Detailed Error - ${code} - ${failure.reason ?? reasonPhrase(failure.status)}`;
  const configError = failure.origin !== undefined && failure.status === 500 && failure.subStatus === 19;
  const rows: (readonly [string, string])[] = [
    ['Module', failure.module ?? 'IIS Web Core'],
    ['Notification', failure.notification ?? 'ExecuteRequestHandler'],
    ['Handler', facts.handler],
    ['Error Code', `0x${(failure.hresult ?? failure.win32 ?? 0).toString(16).padStart(8, '0')}`],
  ];
  if (failure.subStatus === 19 && failure.status === 500) rows.push(['Config Error', detail]);
  if (failure.origin !== undefined) {
    rows.push(['Config File', failure.origin.file]);
    if (failure.origin.line > 0) rows.push(['Line number', String(failure.origin.line)]);
  }
  rows.push(['Requested URL', facts.requestedUrl], ['Physical Path', facts.physicalPath]);
  rows.push(['Logon Method', 'Anonymous'], ['Logon User', 'Anonymous']);
  return page(title, [
    `<h3>HTTP Error ${escapeHtml(code)} - ${escapeHtml(failure.reason ?? reasonPhrase(failure.status))}</h3>`,
    `<h4>${escapeHtml(explanation(failure.status, failure.subStatus) ?? detail)}</h4>`,
    `<p>${escapeHtml(detail)}</p>`,
    `<table>${rows.map(([name, value]) => `<tr><th>${name}</th><td>${escapeHtml(value)}</td></tr>`).join('')}</table>`,
    configError && failure.origin !== undefined ? configSource(failure.origin) : '',
  ]);
}

/** The page for remote clients: without files and configuration. */
export function shortErrorPage(status: number): string {
  const text =
    status === 404
      ? 'The resource you are looking for might have been removed, had its name changed, or is temporarily unavailable.'
      : status >= 500
        ? 'There is a problem with the resource you are looking for, and it cannot be displayed.'
        : 'The server cannot or will not process the request.';
  const title = `${status} - ${reasonPhrase(status)}.`;
  return page(title, [`<h2>${escapeHtml(title)}</h2>`, `<h3>${text}</h3>`]);
}

function page(title: string, parts: readonly string[]): string {
  return [
    '<!DOCTYPE html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>`,
    '<style>body{font:15px/1.5 Verdana,Arial,sans-serif;margin:2em;color-scheme:light dark}h3{color:#c00}',
    'th{text-align:left;padding-right:1.5em;vertical-align:top;white-space:nowrap}pre{background:#8882;padding:.6em}</style></head><body>',
    ...parts.filter((part) => part !== ''),
    '</body></html>',
    '',
  ].join('\n');
}

/** The line of the error with the lines around it, as the page's Config Source; empty for an error without a line. */
function configSource({ file, line }: { readonly file: string; readonly line: number }): string {
  if (line < 1) return '';
  let lines: string[];
  try {
    lines = Buffer.from(diskReader.read(file) ?? [])
      .toString()
      .split(/\r\n|\r|\n/);
  } catch {
    return ''; // the file was removed since, or there is none: the page has no lines
  }
  const shown = [line - 1, line, line + 1]
    .filter((number) => number >= 1 && number <= lines.length)
    .map(
      (number) =>
        `${number === line ? '&gt;' : ' '} ${String(number).padStart(4)}: ${escapeHtml(cut(lines[number - 1] ?? ''))}`,
    );
  return `<h4>Config Source:</h4><pre>${shown.join('\n')}</pre>`;
}

/** Text safe between tags and in double-quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
