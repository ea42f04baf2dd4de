// Each process knows its own clients only: right for one process, and for apps whose clients need nothing of each other.
// `iisnode-sock init --adapter redis` writes the adapter that connects several processes.

/** A service that clients connect to in place of this server: none. */
const service = undefined;

/** Connects this process with the others of the app: with none. */
async function attachAdapter(_io) {}

module.exports = { service, attachAdapter };
