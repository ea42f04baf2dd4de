import { expect, it } from 'vitest';
import { hintHere } from '../../src/deploy/over-ssh/hint-here.js';
import { readSshAddress } from '../../src/ssh/index.js';

const whole = 'ssh://ann@web1/My%20Site/chat';

it.each<[code: string, there: string, address: string, here: string]>([
  [
    'NOT_DEPLOYED',
    'npx iisnode-sock deploy C:\\apps\\chat --releases',
    whole,
    'see what is deployed there: npx iisnode-sock status --to ssh://ann@web1',
  ],
  [
    'SITE_NOT_FOUND',
    'list the sites with: appcmd list site, or npx iisnode-sock status',
    whole,
    'see what is deployed there: npx iisnode-sock status --to ssh://ann@web1',
  ],
  [
    'SITE_NOT_FOUND',
    'name one of them with --site, or let deploy create it: --new-site Shop',
    'ssh://web1',
    'name one of them with --site, or let deploy create it: --new-site Shop',
  ],
  [
    'SITE_NOT_FOUND',
    'name one of them with --site, or let deploy create it: --new-site Shop',
    'ssh://web1/Shop',
    'name one of them in the address, a blank as %20, or let deploy create it (then without its name in the address): --new-site Shop',
  ],
  [
    'SITE_ROOT_IN_USE',
    'create a site for the app: npx iisnode-sock deploy "C:\\r\\My Site\\releases\\1" --new-site NAME --binding http://HOST (or --port 8090 in place of --binding). To replace the root of a site, name it with --site Shop, or use --force',
    'ssh://web1',
    'create a site for the app, with --new-site NAME --binding http://HOST (or --port 8090 in place of --binding). To replace the root of a site, name it with --site Shop, or use --force',
  ],
  [
    'LOG_NOT_KEPT',
    'npx iisnode-sock doctor D:\\apps\\chat     (starts the app, and shows why it ends)',
    'ssh://ann@web1/Site/chat',
    'npx iisnode-sock doctor --server ssh://ann@web1/Site/chat     (examines the app there; correct web.config here, and deploy)',
  ],
  [
    'NO_RELEASES',
    'from the next deployment on: npx iisnode-sock deploy C:\\apps\\chat --to iis --releases',
    whole,
    `deploy the app from here, with --to ${whole}: that makes a release`,
  ],
  ['IIS_NOT_FOUND', 'install it (dism /all), or use --to embedded', whole, 'install it (dism /all)'],
  [
    'UNDO_INCOMPLETE',
    'undo by hand: appcmd delete app "My Site/chat"',
    whole,
    'undo by hand, on web1: appcmd delete app "My Site/chat"',
  ],
  [
    '',
    'npx iisnode-sock status, or on IIS: appcmd list apppool',
    whole,
    'npx iisnode-sock status --to ssh://ann@web1, or on IIS: appcmd list apppool',
  ],
  [
    'VERIFICATION_FAILED',
    'the log in C:\\r\\1\\iisnode shows what node wrote; then: npx iisnode-sock doctor',
    whole,
    'on web1, the log in C:\\r\\1\\iisnode shows what node wrote; then: npx iisnode-sock doctor',
  ],
])('%s: %s', (code, there, address, here) => {
  expect(hintHere(code, there, readSshAddress(address))).toBe(here);
});
