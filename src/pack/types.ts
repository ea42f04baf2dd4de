/** The platform and the processor of the node that will run the app, as in process.platform and process.arch. */
export interface PackTarget {
  readonly platform: string;
  readonly arch: string;
}

/** Which app to pack, and for which server. */
export interface PackOptions {
  /** The app's folder, absolute. */
  readonly directory: string;
  /** Files that the app needs, relative with forward slashes: taken whatever the rules say. web.config and iisnode.yml always are. */
  readonly keep?: readonly string[];
  /** Absolute folders below the app's that are left out: iisnode's logs. */
  readonly leaveOut?: readonly string[];
  /** Also the packages in node_modules; true by default. Without them the server installs them. */
  readonly packages?: boolean;
  readonly target: PackTarget;
  readonly signal?: AbortSignal;
}

/** A file of the app that runs on the server. */
export interface AppFile {
  /** Relative to the app's folder, forward slashes. */
  readonly path: string;
  /** The regular file on this machine, absolute. */
  readonly source: string;
  /** In bytes. */
  readonly size: number;
  /** Last written, in ms since 1970. */
  readonly mtimeMs: number;
}

/** The same as plain data, with its content's hash. */
export interface PackedFile extends Omit<AppFile, 'source'> {
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Why a file of the app cannot be deployed. */
export interface PackFault {
  readonly kind: 'name' | 'case' | 'link' | 'special' | 'unreadable' | 'missing' | 'outside' | 'native';
  /** Relative to the app's folder; of a package its name. */
  readonly path: string;
  /** The rest of a sentence. */
  readonly why: string;
}
