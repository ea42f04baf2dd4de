/** Where the known texts come from: the addresses and names that their sources have in common. */

/** iisnode as tjanczuk wrote it. */
export const iisnodeIssue = (number: number): string => `https://github.com/tjanczuk/iisnode/issues/${number}`;
/** Azure's iisnode. */
export const azureIssue = (number: number): string => `https://github.com/Azure/iisnode/issues/${number}`;
export const socketIoIssue = (number: number): string => `https://github.com/socketio/socket.io/issues/${number}`;
/** A place in the source of iisnode 0.2.27. */
export const source = (file: string, what: string): string => `iisnode 0.2.27, ${file} ${what}`;
/** socket.io's own page about connections that fail. */
export const connectionDocs = 'https://socket.io/docs/v4/troubleshooting-connection-issues/';
