import { encodePath } from '../../rewrite/index.js';
import { failure, type StageFailure } from './failure.js';
import { type MimeMap, mimeTypeOf } from './mime-map.js';
import type { Target } from './path-pattern.js';

/** What the StaticFileModule does with a request. */
export type StaticFileVerdict =
  | { readonly kind: 'file'; readonly contentType: string }
  /** A folder with its slash: default document and directory listing come next. */
  | { readonly kind: 'folder' }
  /** The courtesy redirect to the folder's own URL. */
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  | { readonly kind: 'failure'; readonly failure: StageFailure };

export interface StaticFileQuestion {
  readonly method: string;
  /** Decoded URL path after URL Rewrite, and the query without '?'. */
  readonly path: string;
  readonly query: string;
  readonly physicalPath: string;
  /** The kind of file at `physicalPath`. */
  readonly target: Target;
}

/** Files with a MIME map for GET and HEAD; `serve` and `trace` use the same function. `mime` is called for files only. */
export function staticFileVerdict(question: StaticFileQuestion, mime: () => MimeMap): StaticFileVerdict {
  const { method, path, query, physicalPath, target } = question;
  const isFolderUrl = path.endsWith('/');
  if (target === 'directory') {
    // The DefaultDocumentModule also runs a child request for a POST.
    if (isFolderUrl && !['GET', 'HEAD', 'POST'].includes(method)) return notAllowed(method);
    return isFolderUrl ? { kind: 'folder' } : { kind: 'redirect', status: 301, location: folderUrl(path, query) };
  }
  if (method !== 'GET' && method !== 'HEAD') return notAllowed(method);
  // A trailing slash names a folder; here is a file, or nothing.
  if (target === 'missing' || isFolderUrl) return { kind: 'failure', failure: missingFile(physicalPath) };
  const contentType = mimeTypeOf(physicalPath, mime());
  if (contentType !== undefined) return { kind: 'file', contentType };
  return refused(404, 3, `No mimeMap covers ${path}; only extensions listed in staticContent are served.`);
}

/** 404.0 for a missing file. */
export function missingFile(physicalPath: string): StageFailure {
  return failure(404, 0, `There is no file ${physicalPath}.`, {
    module: 'IIS Web Core',
    notification: 'MapRequestHandler',
    win32: 2,
    hresult: 0x8007_0002,
  });
}

const notAllowed = (method: string): StaticFileVerdict => refused(405, 0, `${method} is not allowed for static files.`);

function refused(status: number, subStatus: number, detail: string): StaticFileVerdict {
  return { kind: 'failure', failure: failure(status, subStatus, detail, { module: 'StaticFileModule' }) };
}

/** 301 to the folder's own URL (unconfirmed: 301 rather than 302), query kept. */
function folderUrl(path: string, query: string): string {
  return `${encodePath(path)}/${query === '' ? '' : `?${query}`}`;
}
