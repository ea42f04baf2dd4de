import { sectionAt } from '../../webconfig/index.js';
import { attribute, findElements, setAttributeEdit, type XmlElement } from '../../xml/index.js';
import { hasIisnodeHandler } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';
import { editWebConfig } from './web-config-edits.js';

const name = 'doDynamicCompression';

/** In a <location>: for the URL of the stream, which is unknown. */
const isOffInLocation = (root: XmlElement | undefined): boolean =>
  root !== undefined &&
  findElements(root, 'location/system.webServer/urlCompression').some(
    (section) => attribute(section, name)?.toLowerCase() === 'false',
  );

/** Dynamic compression delays a stream until a block is full. */
export const streamCompressed = defineRule({
  code: 'STREAM_COMPRESSED',
  severity: 'warning',
  title: 'Server-sent events wait for a full block of compressed data',
  why: 'The dynamic compression module of IIS buffers data until a block is full: the receiver is always one message behind.',
  help: `web.config switches dynamic compression on, and text/event-stream is text, which it compresses. Either send
Cache-Control: no-transform with the stream, which the module respects, or set doDynamicCompression="false" in urlCompression, for the
whole app or in a <location> for the URL of the stream. It matters only where the feature is installed. --fix sets it for the app.`,
  check(facts) {
    const section = facts.query.section('system.webServer/urlCompression');
    const origin = section?.origin(name);
    if (!origin || section?.boolean(name) !== true || !hasIisnodeHandler(facts)) return [];
    if (isOffInLocation(facts.webConfig.document?.root)) return [];
    const streaming = facts.server.scripts.filter(({ streams }) => streams.eventStreams.length > 0);
    if (streaming.length === 0 || streaming.every(({ streams }) => streams.forbidsTransform)) return [];
    const message = 'The server sends text/event-stream, and web.config switches dynamic compression on.';
    const at = facts.query.placeOf(origin);
    return [{ message, fix: `${name}="false", or Cache-Control: no-transform`, ...(at && { at }) }];
  },
  fix: (facts) =>
    editWebConfig(facts, (document) => {
      const section = sectionAt(document, 'system.webServer/urlCompression');
      return section && attribute(section, name) !== undefined
        ? setAttributeEdit(document, section, name, 'false')
        : [];
    }),
});
