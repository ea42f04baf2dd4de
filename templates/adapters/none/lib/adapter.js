// Each process sends to its own clients only: enough for one process, and for apps that send nothing from client to client.
// `npx iisnode-sock init --adapter redis` writes an adapter that connects several processes.

/** A service that clients connect to instead of this server: none. */
const service = undefined;

/** Connects this process with the app's other processes: with none. */
async function attachAdapter(_io) {}

module.exports = { service, attachAdapter };
