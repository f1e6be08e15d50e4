/** Socket is an open or opening WebSocket that carries binary messages. */
export interface Socket {
  /** send is called only between SocketEvents.open and SocketEvents.close. */
  send(bytes: Uint8Array): void
  /** close ends the socket, perhaps for the reason code. SocketEvents.close still follows, once. */
  close(code?: number): void
}

/** SocketEvents is what becomes of a Socket. None is called before Transport.open has returned. */
export interface SocketEvents {
  open(): void
  frame(bytes: Uint8Array): void
  /** close is called exactly once, also when the socket never opened. */
  close(): void
}

/** Reply is the answer to a POST. */
export interface Reply {
  readonly status: number
  readonly text: string
}

/** Transport is what the client needs from its surroundings; websocket.ts has the browser's. */
export interface Transport {
  /** post rejects when there is no answer, or when signal aborts. */
  post(url: string, headers: Record<string, string>, form: URLSearchParams, signal: AbortSignal): Promise<Reply>

  open(url: string, events: SocketEvents): Socket

  /** onWake calls wake whenever the network is back, or somebody looks at the page again. It returns a function that stops that. */
  onWake(wake: () => void): () => void

  /** load and save keep small texts over page loads, as well as the surroundings allow. */
  load(key: string): string | undefined
  save(key: string, value: string): void
}
