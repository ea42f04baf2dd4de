import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

/** The application's pool is not there, or does not start (iis.md). */
export const poolNotFound = defineRule({
  code: 'POOL_NOT_FOUND',
  severity: 'error',
  explains: everythingFails,
  title: 'The application pool does not exist, or is not started',
  why: 'Without its pool an application has no worker process: HTTP.sys answers 503 (Service Unavailable), and nothing reaches IIS or node.',
  help: `Each application names an application pool. appcmd list apppool shows those of the server; appcmd set app "Default Web Site/dante"
/applicationPool:NAME assigns one, and appcmd set apppool NAME /autoStart:true lets it start with the service. deploy makes a pool for the app.
The doctor sees the pools with --apphost FILE.`,
  check({ iis }) {
    if (iis === undefined) return [];
    const { name, settings, place } = iis.pool;
    const app = `${iis.site.name}${iis.application}`;
    if (settings === undefined) {
      return [
        {
          message: `The application "${app}" is to run in the pool "${name}", which ${iis.file} does not have.`,
          fix: `appcmd add apppool /name:"${name}"`,
        },
      ];
    }
    if (settings.autoStart) return [];
    const message = `The pool "${name}" of the application "${app}" is not started with the service: autoStart is false.`;
    return [
      {
        severity: 'warning',
        message,
        fix: `appcmd set apppool "${name}" /autoStart:true`,
        ...(place && { at: place }),
      },
    ];
  },
});
