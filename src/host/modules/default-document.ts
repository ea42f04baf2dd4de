import { goTo } from '../pipeline/context.js';
import { targetAt } from '../pipeline/disk.js';
import type { PipelineModule } from '../pipeline/module.js';
import { pathSetting } from '../pipeline/path-config.js';
import { defaultDocumentCandidates, readDefaultDocuments } from '../stages/default-document.js';
import { handledBy } from './handler-mapping.js';

const documentsAt = pathSetting(({ model, at }) => readDefaultDocuments(model, at));

/** The first default document that exists is run as a child request: its handler is chosen anew, so it may be iisnode's script. */
export const defaultDocument: PipelineModule = {
  name: 'DefaultDocumentModule',
  implements: ['system.webServer/defaultDocument'],
  onRequest(context) {
    if (!handledBy(context, 'DefaultDocumentModule') || !context.path.endsWith('/')) return 'next';
    const found = defaultDocumentCandidates(documentsAt(context.config), context.path).find(
      (path) => targetAt(context.snapshot, context.site, path) === 'file',
    );
    if (found === undefined) return 'next';
    goTo(context, found, context.query);
    return 'child';
  },
};
