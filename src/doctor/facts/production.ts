import type { FileFacts } from './facts.js';

/** Does web.config or iisnode.yml say that this is the site of visitors? Their word for it; undefined where they do not. */
export function productionSetting({ iisnode, query }: FileFacts): string | undefined {
  if (iisnode !== undefined && iisnode.sources.node_env !== 'default' && iisnode.values.node_env === 'production') {
    return 'node_env is production';
  }
  return query.appSetting('NODE_ENV') === 'production' ? 'NODE_ENV is production' : undefined;
}
