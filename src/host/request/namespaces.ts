/** More are not kept of one socket. */
const mostNames = 20;

/** The namespaces that a client of socket.io has joined, from the texts that its server sends (engine.io's message, socket.io's packet). */
export class Namespaces {
  readonly #names = new Set<string>();

  get names(): readonly string[] {
    return [...this.#names];
  }

  /** A text of the server: `40{"sid":..}` joins /, `40/chat,{..}` joins /chat, `41/chat,` leaves it. */
  see(text: string): void {
    const [, type, name = '/'] = /^4([01])(\/[^,?]*)?/.exec(text) ?? [];
    if (type === '1') this.#names.delete(name);
    if (type === '0' && this.#names.size < mostNames) this.#names.add(name);
  }
}
