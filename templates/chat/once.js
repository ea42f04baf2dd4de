/**
 * Does each thing once. A client whose connection is lost before the answer comes cannot know whether its message
 * arrived: it sends it again with the same id, and gets the first answer again.
 *
 * It remembers the last `limit` results of this process, and what it hears of the others'. After a recycle, or when it has
 * not heard yet, a message may pass twice; so whoever shows messages looks at their ids as well (client.js does).
 */
class Once {
  #results = new Map();
  #limit;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  /** What `action` returned the first time it was asked for with this key. What throws is not remembered. */
  do(key, action) {
    const id = JSON.stringify(key);
    const known = this.#results.get(id);
    if (known !== undefined) return known;
    const result = action();
    this.#results.set(id, result);
    // A Map keeps the order in which things came: its first key is the oldest.
    for (const oldest of this.#results.keys()) {
      if (this.#results.size <= this.#limit) break;
      this.#results.delete(oldest);
    }
    return result;
  }
}

module.exports = { Once };
