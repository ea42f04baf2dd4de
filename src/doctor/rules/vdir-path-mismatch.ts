import { attribute, type XmlElement } from '../../xml/index.js';
import { defineRule } from './define-rule.js';

function settingOf(element: XmlElement, key: string): XmlElement | undefined {
  if (element.name === 'add' && element.parent?.name === 'appSettings' && attribute(element, 'key') === key) {
    return element;
  }
  for (const child of element.children) {
    const found = settingOf(child, key);
    if (found) return found;
  }
  return undefined;
}

/** The app is asked to sit elsewhere than its web.config tells node. */
export const vdirPathMismatch = defineRule({
  code: 'VDIR_PATH_MISMATCH',
  severity: 'error',
  title: 'web.config tells node another vdir path than --path says',
  why: 'node then answers below a path where IIS does not send anything: routes and socket.io get 404; deploy refuses it.',
  help: `IIS serves an app at the path it was added with, and hands the keys of web.config's appSettings to node, which builds its own
URLs from them. Both must be the same: npx iisnode-sock init . --path /other changes web.config, or examine and deploy the app at
the path that web.config names.`,
  check({ vdirPath, webConfig }) {
    if (vdirPath?.from !== 'option' || vdirPath.named === undefined || vdirPath.key === undefined) return [];
    const { path, named, key } = vdirPath;
    if (path.toLowerCase() === named.toLowerCase()) return [];
    const element = webConfig.document && settingOf(webConfig.document.root, key);
    return [
      {
        message: `The app is to sit at ${path}, but appSettings tell node ${key}="${named}".`,
        fix: `npx iisnode-sock init . --path ${path}, or --path ${named} here`,
        ...(element && { at: webConfig.place(element) }),
      },
    ];
  },
});
