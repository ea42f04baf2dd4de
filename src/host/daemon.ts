import { runDaemon } from './background/run-daemon.js';

// The entry of the background host: dist/daemon.js. Its home is $IISNODE_SOCK_HOME; its starter listens over IPC.
await runDaemon(process.env);
