/** No adapter: a room's viewers are those of this process. `iisnode-sock init --adapter redis` writes another one here. */
function attachAdapter(_io) {}

module.exports = { attachAdapter };
