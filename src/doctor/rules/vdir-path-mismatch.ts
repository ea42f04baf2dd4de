import { iisnodeSock, typedCommand } from '../../typed-command.js';
import { attribute, type XmlElement } from '../../xml/index.js';
import { defineRule } from './define-rule.js';
import { everythingFails } from './symptoms.js';

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

/** The vdir path asked for is not the one in web.config. */
export const vdirPathMismatch = defineRule({
  code: 'VDIR_PATH_MISMATCH',
  severity: 'error',
  explains: everythingFails,
  title: 'web.config and --path name different vdir paths',
  why: 'node then answers below a path that IIS does not send to it: routes and socket.io get 404; deploy refuses it.',
  help: `IIS serves an app at the path it was added with, and passes the keys of web.config's appSettings to node, which builds its own
URLs from them. Both must be the same: ${iisnodeSock} init . --path /other changes web.config, or check and deploy the app at
the path in web.config.`,
  check({ vdirPath, webConfig, query }) {
    if (vdirPath?.from !== 'option' || vdirPath.named === undefined || vdirPath.key === undefined) return [];
    const { path, named, key } = vdirPath;
    if (path.toLowerCase() === named.toLowerCase()) return [];
    const element = webConfig.document && settingOf(webConfig.document.root, key);
    return [
      {
        message: `--path is ${path}, but appSettings pass ${key}="${named}" to node.`,
        fix: `${typedCommand(['init', '.', '--path', path])}, or --path ${named} here`,
        ...(element && { at: query.place(element) }),
      },
    ];
  },
});
