import { attributeOf, endOfTag, withoutComments } from './html.js';
import { type Place, placeAt, type TextFile } from './text-file.js';

/** A Content-Security-Policy that a page has for itself. */
export interface MetaPolicy {
  readonly text: string;
  readonly at: Place;
}

/** The policies of `<meta http-equiv="Content-Security-Policy">`. */
export function readMetaPolicies(page: TextFile): MetaPolicy[] {
  const html = withoutComments(page.text);
  const policies: MetaPolicy[] = [];
  const opening = /<meta(?=[\s/])/gi;
  for (let found = opening.exec(html); found; found = opening.exec(html)) {
    const end = endOfTag(html, opening.lastIndex);
    if (end === undefined) break;
    opening.lastIndex = end;
    const tag = html.slice(found.index, end);
    const content = attributeOf(tag, 'content');
    if (content === undefined || !/^\s*content-security-policy\s*$/i.test(attributeOf(tag, 'http-equiv')?.value ?? ''))
      continue;
    policies.push({ text: content.value, at: placeAt(page, found.index + content.at) });
  }
  return policies;
}
