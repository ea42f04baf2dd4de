globalThis.topics = [process.env.TOPIC];
