/** What a visitor does, as with a browser: cookies are kept, redirects followed, forms sent as the page has them. */
export type Visit = {
  /** In the page or JSON that comes. */
  readonly text: string;
  /** 200 if left out. */
  readonly status?: number;
  /** Where redirects lead to; if left out, there are none. */
  readonly at?: string;
} & (
  | { readonly get: string }
  | { readonly post: string; readonly json: unknown }
  /** The form of the last page, filled in; a file by its name and text. */
  | { readonly submit: Readonly<Record<string, string | { readonly file: string; readonly text: string }>> }
);

/** An event and its values; with ws only a text. A regular expression is for a value that is not known before. */
type Event = readonly [name: string | RegExp, ...values: unknown[]];
type Sent = readonly [name: string, ...values: unknown[]];

/** What clients and server say over a socket. Paths and URLs start at the app's own URL. */
export interface Conversation {
  /** `socket.io` if left out. */
  readonly client?: 'socket.io' | 'socket.io-2' | 'ws';
  /** Both if left out; ws has one. */
  readonly transports?: readonly ('polling' | 'websocket')[];
  /** '/socket.io' if left out, '/' for ws. */
  readonly path?: string;
  readonly namespace?: string;
  readonly auth?: Readonly<Record<string, string>>;
  /** Without the visitor's cookies. */
  readonly stranger?: true;
  /** How many are connected; each of them hears the answer. 1 if left out. */
  readonly clients?: number;
  /** Sent by each at first; the server acknowledges it. */
  readonly join?: Sent;
  /** Sent by the first. */
  readonly send?: Sent;
  readonly hears: Event | { readonly acknowledgement: readonly unknown[] } | { readonly refusal: string };
}

/** A page in a browser. */
export interface Screen {
  readonly url: string;
  /** Into its first field, and then Enter. */
  readonly types?: string;
  /** What it says once its own script is connected. */
  readonly shows: string;
  /** Then this link is clicked. */
  readonly link?: { readonly text: string; readonly shows: string };
}

export interface AdoptedApp {
  /** Its folder in apps/. */
  readonly name: string;
  /** What is special in it. */
  readonly style: string;
  readonly visits?: readonly Visit[];
  readonly conversations?: readonly Conversation[];
  readonly screen?: Screen;
  /** What no loader can do in a virtual directory, and what the page shows there instead. The app needs a site of its own. */
  readonly vdir?: {
    readonly cannot: string;
    /** Further rules by which init says so. */
    readonly told: readonly string[];
    readonly screen: Partial<Screen>;
  };
  /** The rules by which init says that something does not work, or not as before. */
  readonly told?: readonly string[];
  /** What the loader says in iisnode's log; nothing if left out. */
  readonly says?: readonly RegExp[];
  /** Why clients are not let in again after a recycle. */
  readonly forgets?: string;
}
