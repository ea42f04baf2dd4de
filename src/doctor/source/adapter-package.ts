/** What joins the processes of a socket.io app (socket.io/docs/v4/adapter); socket.io-adapter itself is the one in memory. */
const adapterPackages =
  /^(@socket\.io\/(?!component)[\w-]*adapter[\w-]*|socket\.io-redis|socket\.io-(?:mongo|amqp|nats|postgres|cluster|zmq)[\w-]*|@azure\/web-pubsub-socket\.io|[\w@/.-]*socket(?:\.|-)?io[\w-]*-adapter)$/i;

/** Does a package of that name carry what one process sends to the clients of the others? */
export const isAdapterPackage = (name: string): boolean => adapterPackages.test(name);
