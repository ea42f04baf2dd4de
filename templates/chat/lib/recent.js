/** For how long messages are kept for those who were away, in ms. */
const kept = 120_000;

/** The latest messages, for those whose connection was lost when they were sent. */
class Recent {
  #all = [];
  #limit;

  /** Keeps the last `limit`, of all rooms together. */
  constructor(limit = 1000) {
    this.#limit = limit;
  }

  add(room, said) {
    this.#all.push({ room, said });
    if (this.#all.length > this.#limit) this.#all.shift();
  }

  /** What was said in a room, the oldest first. */
  in(room) {
    const since = Date.now() - kept;
    return this.#all.filter((each) => each.room === room && each.said.at > since).map(({ said }) => said);
  }
}

module.exports = { Recent };
