/** How long a message is kept for those who were away, in ms. */
const kept = 120_000;

/** What was said of late, in all rooms of this process: for those whose connection came back a moment too late to hear it. */
class Recent {
  #messages = [];
  #limit;

  constructor(limit = 1000) {
    this.#limit = limit;
  }

  add(room, message) {
    this.#messages.push({ room, message });
    if (this.#messages.length > this.#limit) this.#messages.shift();
  }

  /** The messages of a room, the oldest first. */
  in(room) {
    const since = Date.now() - kept;
    return this.#messages.filter((each) => each.room === room && each.message.at > since).map(({ message }) => message);
  }
}

module.exports = { Recent };
