/**
 * Store holds one immutable value. Whoever changes it gives a new value, and
 * those who show a part of it are told when that part is another one.
 */
export class Store<S> {
  #value: S
  readonly #watchers = new Set<() => void>()

  constructor(value: S) {
    this.#value = value
  }

  get value(): S {
    return this.#value
  }

  /** set replaces the parts that patch names. */
  set(patch: Partial<S> | ((value: S) => Partial<S>)): void {
    this.#value = { ...this.#value, ...(typeof patch === 'function' ? patch(this.#value) : patch) }
    for (const watcher of [...this.#watchers]) watcher()
  }

  /** watch calls watcher after each change, until the function it returns is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }
}
