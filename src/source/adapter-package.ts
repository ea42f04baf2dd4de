/** Types alone, the adapter in memory, what only sends, and what needs node's own cluster: none of them joins iisnode's processes. */
const besides = /^@types\/|^socket\.io-adapter$|emitter|cluster/i;
/** What joins the processes of a socket.io app, by the names it has on npm (socket.io/docs/v4/adapter). */
const adapters =
  /^@socket\.io\/[\w-]*adapter[\w-]*$|^@azure\/web-pubsub-socket\.io$|(^|[/-])socket[.-]?io-([\w-]*-)?(adapter|i?o?redis|mongo(db)?|amqp\w*|rabbitmq|nats|postgres|z(ero)?mq|kafka)(-[\w-]*)?$/i;

/** Does a package of that name carry what one process sends to the clients of the others? */
export const isAdapterPackage = (name: string): boolean => adapters.test(name) && !besides.test(name);

/** socket.io's adapter for the workers of node's cluster, which talk through their parent. */
export const clusterAdapter = '@socket.io/cluster-adapter';
