/** Looks at a Windows server with its own programs: what is installed there, and what an app on iisnode would meet. */
export { describeApp } from './describe-app.js';
export { serverHere, serverOfWindows } from './here.js';
export { strangersOf } from './protection.js';
export { type Account, accountOf, anonymousUser } from './rights.js';
export { type Acl, readSddl } from './sddl.js';
export type {
  AppOnServer,
  EventSeen,
  RightSeen,
  ServerAnswer,
  ServerFile,
  ServerLook,
  ServerPlace,
  ServerRun,
  ServerSeen,
  ServiceState,
} from './types.js';
export { isInUserProfile, userProfileIn } from './user-profile.js';
export { lookAtServer } from './when-asked.js';
