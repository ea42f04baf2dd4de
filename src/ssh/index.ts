/** A connection to a Windows server through the user's own ssh. */
export {
  addressAt,
  isSsh,
  readSshAddress,
  type SshAddress,
  serverAddress,
  withoutPassword,
} from './address.js';
export { connect } from './connect.js';
export { ConnectionLost } from './failures.js';
export type { Channel, Ready } from './messages.js';
export type { Session } from './session.js';
