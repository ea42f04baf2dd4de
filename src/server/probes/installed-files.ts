import { fileVersion } from '../parse.js';
import type { FileSeen, Probe, ServerFile } from '../types.js';

/**
 * In PowerShell's words: $s is system32, $p Program Files. Sources: iis.md 5 and 8, iisnode.md 1.5; the path of Application Request
 * Routing and that of HttpPlatformHandler 1.2 are unconfirmed.
 */
const places: Readonly<Record<ServerFile, readonly string[]>> = {
  iisnode: ['$p\\iisnode\\iisnode.dll'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of PowerShell
  iisnode32: ['${env:ProgramFiles(x86)}\\iisnode\\iisnode.dll'],
  iisnodeSchema: ['$s\\inetsrv\\config\\schema\\iisnode_schema.xml'],
  rewrite: ['$s\\inetsrv\\rewrite.dll'],
  rewriteSchema: ['$s\\inetsrv\\config\\schema\\rewrite_schema.xml'],
  httpPlatform: [
    '$s\\inetsrv\\httpPlatformHandler.dll',
    '$p\\IIS\\HttpPlatformHandler Module\\V2\\httpplatformhandlerv2.dll',
  ],
  httpPlatformSchema: ['$s\\inetsrv\\config\\schema\\httpplatform_schema.xml'],
  requestRouting: ['$p\\IIS\\Application Request Routing\\requestRouter.dll'],
  webSocket: ['$s\\inetsrv\\iiswsock.dll'],
  dynamicCompression: ['$s\\inetsrv\\compdyn.dll'],
  applicationInitialization: ['$s\\inetsrv\\warmup.dll'],
};

/** Machine types of a PE header; ARM64 is of 64 bit, too. */
const bitsOf: Readonly<Record<string, 32 | 64>> = { 332: 32, 34404: 64, 43620: 64 };

/** A line of the script: the name, and path, version and machine type of a file that is there. */
export function fileSeen(line: string): FileSeen | null {
  const [, path = '', version = '', machine = ''] = line.split('\t');
  return path === '' ? null : { path, version: fileVersion(version), bits: bitsOf[machine.trim()] };
}

/** What is installed for apps on node. */
export const installedFiles: Probe = {
  about: 'the files of iisnode, URL Rewrite and other modules',
  ask: () => ({
    script: Object.entries(places)
      .flatMap(([name, files]) => files.map((file) => `F '${name}' "${file}"`))
      .join('\n'),
  }),
  read: (text) => {
    const files: Partial<Record<ServerFile, FileSeen | null>> = {};
    for (const line of text.split('\n')) {
      const name = line.split('\t')[0] ?? '';
      if (Object.hasOwn(places, name)) files[name as ServerFile] = files[name as ServerFile] ?? fileSeen(line);
    }
    const { iisnode, iisnode32 } = files;
    return { files, iisnode: iisnode?.version ?? iisnode32?.version };
  },
};
