import type { Probe } from '../types.js';

const states = ['Starting', 'Started', 'Stopping', 'Stopped', 'Unknown'];

/** The state of the app's pool (iis.md 1.3, 2.4): one that was stopped, or that WAS has stopped after crashes. */
export const poolState: Probe = {
  about: 'the state of the application pool',
  ask: (app) =>
    app?.pool && {
      program: ['inetsrv', 'appcmd.exe'],
      args: ['list', 'apppool', `/apppool.name:${app.pool.name}`, '/text:state'],
    },
  read: (text) => {
    const state = text.trim();
    return { poolState: states.find((each) => each === state) };
  },
};
