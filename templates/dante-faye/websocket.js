// faye-websocket comes without types: this is what is used of it.

const WebSocketConnection = require('faye-websocket');

module.exports = { WebSocketConnection };
