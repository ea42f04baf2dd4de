import { defineRule } from './define-rule.js';

const name = 'WEB_PUBSUB_CONNECTION_STRING';

/** What templates/adapters/azure/adapter.json has for an example; a test keeps the two together. */
const example = /:\/\/NAME\.webpubsub\.|\bAccessKey=KEY(?:;|\s*$)/;

/** A real one, which is nobody's business who reads the report. */
const key = /(AccessKey=)(?!KEY\b[;"'])[^;"']*/i;

/** Somebody has yet to write what init could not know. */
export const connectionStringIsExample = defineRule({
  code: 'CONNECTION_STRING_IS_EXAMPLE',
  severity: 'warning',
  title: 'The connection string of the service is the example yet',
  why: 'There is no such service: the page sends its clients there, and nobody connects.',
  help: `init --adapter azure writes an example into web.config's appSettings, for it cannot know your service. Copy the connection string
from the Keys page of your Web PubSub for Socket.IO in the Azure portal: Endpoint=https://...;AccessKey=...;Version=1.0; and write it into
${name}. It is a secret: keep a web.config that has it out of a public repository.`,
  check({ site, webConfig }) {
    if (!example.test(site?.appSetting(name) ?? '')) return [];
    const origin = site?.appSettingOrigin(name);
    const at = origin && webConfig.placeOf(origin);
    return [
      {
        message: `appSettings ${name} is what init wrote as an example.`,
        fix: `Write into ${name} what the Keys page of the service has.`,
        ...(at && { at: { ...at, evidence: at.evidence.replace(key, '$1...') } }),
      },
    ];
  },
});
