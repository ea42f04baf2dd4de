import { STATUS_CODES } from 'node:http';

/** Sub-status texts, as the error pages title them (learn.microsoft.com, "HTTP status code overview"). */
const subStatusTexts: Readonly<Record<string, string>> = {
  '400.11': 'The WebSocket request is invalid.',
  '401.1': 'You do not have permission to view this directory or page using the credentials that you supplied.',
  '401.2': 'You are not authorized to view this page due to invalid authentication headers.',
  '403.1': 'Execute access is denied.',
  '403.2': 'Read access is denied.',
  '403.3': 'Write access is denied.',
  '403.14': 'The Web server is configured to not list the contents of this directory.',
  '403.18':
    'The specified request cannot be processed in the application pool that is configured for this resource on the Web server.',
  '404.0': 'The resource you are looking for has been removed, had its name changed, or is temporarily unavailable.',
  '404.3':
    'The page you are requesting cannot be served because of the extension configuration. If the page is a script, add a handler. If the file should be downloaded, add a MIME map.',
  '404.4': 'The resource you are looking for does not have a handler associated with it.',
  '404.5': 'The request filtering module is configured to deny the URL sequence specified in the HTTP request.',
  '404.6': 'The request filtering module is configured to deny the HTTP verb.',
  '404.7': 'The request filtering module is configured to deny the file extension.',
  '404.8':
    'The request filtering module is configured to deny a path in the URL that contains a hiddenSegment section.',
  '404.10': 'The request filtering module is configured to deny a request header that is too long.',
  '404.11': 'The request filtering module is configured to deny a request that contains a double escape sequence.',
  '404.12': 'The request filtering module is configured to deny a request that contains high bit characters.',
  '404.13': 'The request filtering module is configured to deny a request that exceeds the request content length.',
  '404.14': 'The request filtering module is configured to deny a request where the URL is too long.',
  '404.15': 'The request filtering module is configured to deny a request where the query string is too long.',
  '404.18': 'The request filtering module is configured to deny a query string sequence.',
  '404.19': 'The request filtering module is configured to deny a request because of a filtering rule.',
  '404.20': 'The request filtering module is configured to deny a request that has too many URL segments.',
  '405.0': 'The page you are looking for cannot be displayed because an invalid method (HTTP verb) is being used.',
  '500.19': 'The requested page cannot be accessed because the related configuration data for the page is invalid.',
  '500.21': 'Handler has a bad module in its module list.',
  '500.50': 'A rewrite error occurred during RQ_BEGIN_REQUEST notification handling.',
  '500.51': 'A global configuration or global rule execution error occurred.',
  '500.52': 'A rewrite error occurred during RQ_SEND_RESPONSE notification handling.',
  '500.53': 'A rewrite error occurred during RQ_RELEASE_REQUEST_STATE notification handling.',
  '503.0': 'The service is unavailable.',
  '503.2': 'The serverRuntime@appConcurrentRequestLimit setting is being exceeded.',
};

/** The reason phrase of a status, `Not Found` for 404; `Internal Server Error` for an unknown status. */
export function reasonPhrase(status: number): string {
  return STATUS_CODES[status] ?? 'Internal Server Error';
}

/** `404.0`, with the sub-status IIS writes in its log and on its pages. */
export function statusText(status: number, subStatus: number): string {
  return `${status}.${subStatus}`;
}

/** IIS's text for a status and sub-status; undefined where it has none. */
export function explanation(status: number, subStatus: number): string | undefined {
  return subStatusTexts[statusText(status, subStatus)];
}
