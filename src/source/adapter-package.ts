/** Packages with only types, the in-memory adapter, emitters, and adapters for node's own cluster: none connects iisnode's processes. */
const besides = /^@types\/|^socket\.io-adapter$|emitter|cluster/i;
/** Adapters that connect the processes of a socket.io app, by their names on npm (socket.io/docs/v4/adapter). */
const adapters =
  /^@socket\.io\/[\w-]*adapter[\w-]*$|^@azure\/web-pubsub-socket\.io$|(^|[/-])socket[.-]?io-([\w-]*-)?(adapter|i?o?redis|mongo(db)?|amqp\w*|rabbitmq|nats|postgres|z(ero)?mq|kafka)(-[\w-]*)?$/i;

/** Does a package of that name send messages to the clients of other processes? */
export const isAdapterPackage = (name: string): boolean => adapters.test(name) && !besides.test(name);

/** socket.io's adapter for the workers of node's cluster, which talk through their parent. */
export const clusterAdapter = '@socket.io/cluster-adapter';
