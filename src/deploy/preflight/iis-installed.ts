import type { PreflightCheck } from './check.js';

/** appcmd.exe alone comes with the management tools, without IIS. */
export const iisInstalled: PreflightCheck = {
  id: 'iis',
  title: 'IIS is installed',
  only: 'iis',
  async look({ server }) {
    const seen = await server();
    if (seen?.w3svc !== 'missing' && seen?.was !== 'missing') return undefined;
    return {
      code: 'IIS_NOT_INSTALLED',
      what: 'IIS is not installed on this machine: it has no service W3SVC',
      why: 'Only its management tools are there.',
      next: 'dism /online /enable-feature /featurename:IIS-WebServer /featurename:IIS-WebSockets /all',
    };
  },
};
