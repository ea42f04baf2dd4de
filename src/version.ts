declare const BUILD_VERSION: string | undefined;

/** This package's version; inserted by the build. */
export const version: string = typeof BUILD_VERSION === 'string' ? BUILD_VERSION : '0.0.0-source';
