import { authorOf, engineCode, readErrorPage } from './explain.js';

/** What a failing answer shows of its author, for who looks for the cause. */
export interface AnswerSigns {
  /** `http.sys`: before any site of IIS; `engine`: socket.io itself; `unknown`: IIS or the app, since remote clients do not get IIS's detailed page. */
  readonly by: 'http.sys' | 'iis' | 'iisnode' | 'engine' | 'app' | 'unknown';
  /** What the answer says itself, where iisnode sends its error page with status 200; else the status of HTTP. */
  readonly status: number;
  readonly subStatus?: number;
  readonly hresult?: string;
  /** Engine.IO's own code of a refusal. */
  readonly code?: number;
  /** The header Server; '' without one. */
  readonly server: string;
  readonly isHtml: boolean;
  readonly isEmpty: boolean;
  /** The beginning of the body, for who knows texts of errors. */
  readonly text: string;
}

/** Characters of a body: an error page with the log of node is shorter (iisnode sends 64 kB of it at most). */
const mostText = 64 * 1024;

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly server: string;
}

/** Reads what a failing answer says of who gave it. */
export function signsOf({ status, body, server }: Answer): AnswerSigns {
  const page = readErrorPage(status, body);
  const code = engineCode(body);
  return {
    by: /^Microsoft-HTTPAPI/i.test(server)
      ? 'http.sys'
      : page?.iisnode
        ? 'iisnode'
        : code === undefined
          ? authorOf(body)
          : 'engine',
    status: page?.status ?? status,
    ...(page?.subStatus !== undefined && { subStatus: page.subStatus }),
    ...(page?.hresult !== undefined && !/^0x0+$/.test(page.hresult) && { hresult: page.hresult }),
    ...(code !== undefined && { code }),
    server,
    isHtml: body.trimStart().startsWith('<'),
    isEmpty: body.trim() === '',
    text: body.slice(0, mostText),
  };
}
