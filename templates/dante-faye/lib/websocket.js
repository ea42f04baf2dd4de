// faye-websocket has no types: these are for the part of it that is used here.

const WebSocketConnection = require('faye-websocket');

module.exports = { WebSocketConnection };
