import type { AdoptedApp } from './adopted-app.js';

/** Apps of other habits than those of the other lists. */
export const habits: readonly AdoptedApp[] = [
  {
    name: 'inner-server',
    style: 'a server that hands requests and upgrades to one that never listens',
    visits: [{ get: '/', text: '1 + 2' }],
    conversations: [{ send: ['add', 1, 2], hears: { acknowledgement: [3] } }],
    screen: { url: '/', shows: '1 + 2 = 3' },
  },
  {
    name: 'session-login',
    style: 'sessions with redirects to a login and back',
    visits: [
      { get: '/', at: '/login?next=%2Fdesk', text: 'Enter' },
      { submit: { user: 'Ada' }, at: '/desk', text: 'Desk of Ada' },
      { get: '/desk', text: 'Desk of Ada' },
    ],
    conversations: [
      { hears: ['user', 'Ada'] },
      { transports: ['websocket'], stranger: true, hears: { refusal: 'log in' } },
    ],
    forgets: 'its sessions are in memory',
  },
  {
    name: 'tenants',
    style: 'namespaces of tenants with tokens, and none at /',
    conversations: [
      { namespace: '/tenant-red', auth: { token: 'r-1' }, send: ['shout', 'hi'], hears: ['heard', 'red', 'hi'] },
      { namespace: '/tenant-red', auth: { token: 'b-2' }, hears: { refusal: 'forbidden' } },
      { hears: { refusal: 'no main namespace' } },
    ],
  },
];
