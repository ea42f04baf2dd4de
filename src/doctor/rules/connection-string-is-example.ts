import { defineRule } from './define-rule.js';

const name = 'WEB_PUBSUB_CONNECTION_STRING';

/** The example in templates/adapters/azure/adapter.json; a test checks that the two are the same. */
const example = /:\/\/NAME\.webpubsub\.|\bAccessKey=KEY(?:;|\s*$)/;

/** A real connection string is secret: the report must not contain it. */
const key = /(AccessKey=)(?!KEY\b[;"'])[^;"']*/i;

/** The connection string, which init cannot know, is not filled in yet. */
export const connectionStringIsExample = defineRule({
  code: 'CONNECTION_STRING_IS_EXAMPLE',
  severity: 'warning',
  explains: [
    'TRIAL_UNDECIDED',
    { finding: 'APP_CRASHED', saying: /connection string|endpoint|credential|access ?key/i },
  ],
  title: 'The connection string of the service is still the example',
  why: 'The service in the example does not exist: the page sends its clients there, and none can connect.',
  help: `init --adapter azure writes an example into web.config's appSettings, because it cannot know your service. Copy the connection string
from the Keys page of your Web PubSub for Socket.IO in the Azure portal: Endpoint=https://...;AccessKey=...;Version=1.0; and write it into
${name}. It is a secret: do not put a web.config with it into a public repository.`,
  check({ query }) {
    if (!example.test(query.appSetting(name) ?? '')) return [];
    const origin = query.appSettingOrigin(name);
    const at = origin && query.placeOf(origin);
    return [
      {
        message: `appSettings ${name} is the example that init wrote.`,
        fix: `Copy the connection string from the Keys page of the service into ${name}.`,
        ...(at && { at: { ...at, evidence: at.evidence.replace(key, '$1...') } }),
      },
    ];
  },
});
