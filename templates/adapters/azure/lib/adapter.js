// Connects the app's processes through Azure Web PubSub for Socket.IO: clients connect to the service, which holds the
// WebSockets, and the service talks to the processes. Only the page goes through IIS then.

const { useAzureSocketIO } = require('@azure/web-pubsub-socket.io');

const connectionString = process.env.WEB_PUBSUB_CONNECTION_STRING || '';
const hub = process.env.WEB_PUBSUB_HUB || 'Hub';
const endpoint = /(?:^|;)\s*Endpoint=([^;]+)/i.exec(connectionString)?.[1] ?? '';

/** The service that clients connect to instead of this server; joining a room takes up to `joinTime` ms there. */
const service = URL.canParse(endpoint)
  ? { endpoint, path: `/clients/socketio/hubs/${hub}`, joinTime: 1000 }
  : undefined;

/** Connects this process with the service and logs the result; the app goes on without it. */
function attachAdapter(io) {
  if (service === undefined) {
    console.error(
      'WEB_PUBSUB_CONNECTION_STRING is missing: copy it from the Keys page of the service ' +
        '(Endpoint=https://...;AccessKey=...). This process reaches only its own clients.',
    );
    return;
  }
  // The package retries without end and without a message.
  const late = setTimeout(
    () =>
      console.error(
        `No connection with Web PubSub at ${endpoint} yet, it is tried again: is WEB_PUBSUB_CONNECTION_STRING that of its Keys page?`,
      ),
    5000,
  ).unref();
  // Its types come from its own copy of socket.io.
  useAzureSocketIO(io, { hub, connectionString })
    .then(
      () => console.log(`Connected with Web PubSub at ${endpoint}.`),
      (error) => console.error(`Web PubSub at ${endpoint} cannot be reached: ${error.message}`),
    )
    .finally(() => clearTimeout(late));
  refuseWebSockets(io);
}

/** Two engines listen for upgrades now, socket.io's own and the service's: a WebSocket that both accept would end the process. */
function refuseWebSockets({ httpServer }) {
  httpServer.removeAllListeners('upgrade');
  httpServer.on('upgrade', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
}

module.exports = { service, attachAdapter };
