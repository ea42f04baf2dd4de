import { applicationHostText, type ConfigLocation, type ConfigModel, loadConfigModel } from '../../src/config/index.js';

/** A server whose site has one application at a vdir path; its web.config and others are given by folder. */
export function serverWith(
  vdirPath: string,
  files: Readonly<Record<string, string>>,
): { readonly model: ConfigModel; readonly at: ConfigLocation } {
  const folders = { '/': 'C:\\site', '/dante': 'C:\\dante' };
  const paths = vdirPath === '/' ? (['/'] as const) : (['/', '/dante'] as const);
  const text = applicationHostText({
    unlocked: true,
    pools: [{ name: 'DefaultAppPool' }],
    sites: [
      {
        name: 'Default Web Site',
        id: 1,
        bindings: [{ protocol: 'http', information: '*:80:' }],
        applications: paths.map((path) => ({ path, physicalPath: folders[path] })),
      },
    ],
  });
  const model = loadConfigModel({
    file: 'C:\\applicationHost.config',
    applicationHost: text,
    platform: 'win32',
    environment: { programfiles: 'C:\\Program Files' },
    reader: {
      read(file) {
        const found = files[file.toLowerCase()];
        return found === undefined ? undefined : new TextEncoder().encode(found);
      },
    },
  });
  const [site] = model.sites;
  if (!site) throw new Error('The test server has no site.');
  return { model, at: model.locate(site, vdirPath) };
}

/** A model of one web.config in the application's folder. */
export function serverOf(webConfig: string, vdirPath = '/dante'): ReturnType<typeof serverWith> {
  return serverWith(vdirPath, { [vdirPath === '/' ? 'c:\\site\\web.config' : 'c:\\dante\\web.config']: webConfig });
}
