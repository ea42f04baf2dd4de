/** Where to get what IIS lacks, and the module by which it is recognised, and its section, or the group of its sections. */
export const sources = {
  iisnode: {
    name: 'iisnode',
    module: 'iisnode',
    section: 'system.webServer/iisnode',
    from: 'iisnode-full-x64.msi from https://github.com/Azure/iisnode/releases',
    option: '--install-iisnode FILE.msi',
  },
  rewrite: {
    name: 'URL Rewrite',
    module: 'RewriteModule',
    section: 'system.webServer/rewrite',
    from: 'rewrite_amd64_en-US.msi from https://www.iis.net/downloads/microsoft/url-rewrite',
    option: '--install-rewrite FILE.msi',
  },
} as const;
