import { type CiKind, type CiTarget, kindOf } from './workflow.js';

/** What the user has to set up on GitHub, by kind of server. */
const needs: Readonly<Record<CiKind, string>> = {
  ssh: `- the secret \`SSH_PRIVATE_KEY\`: a key without a passphrase, only for this, whose public half the server accepts;
- the variable \`SSH_KNOWN_HOSTS\`: the keys of the servers, a line each, as \`ssh-keyscan HOST\` prints them. Compare them with those on
  the server itself: another server is refused from then on.`,
  azure: '- the secret `AZURE_WEBAPP_PUBLISH_PROFILE`: the content of the file that "Download publish profile" gives.',
  iis: '- a self-hosted runner on the server, whose service runs as an administrator.',
  script: '- nothing: the artifact has the app and the script, which an administrator runs on the server.',
  zip: '- nothing: the artifact has the package.',
};

/** The part of the app's README about the workflow. */
export function readmePart(targets: readonly CiTarget[]): string {
  const kinds = new Set(targets.flatMap(({ to }) => to.map(kindOf)));
  const lines = [...kinds].flatMap((kind) => (kind === undefined ? [] : [needs[kind]]));
  const names = targets.map(({ name }) => `\`${name ?? 'production'}\``);
  const when =
    targets.length === 1
      ? 'at each push to `main`, and by hand'
      : `to ${names[0]} at each push to \`main\`, to the others by hand (Actions, deploy, Run workflow)`;
  return `## Deploy from GitHub

\`.github/workflows/deploy.yml\` lets the doctor look at the app (\`doctor --strict\`: a warning stops it, too), and deploys it ${when}.
It needs, in the environment ${names.join(', ')} of the repository (Settings, Environments), where you can also say who has to approve:

${lines.join('\n')}
`;
}
