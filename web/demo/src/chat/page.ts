import { codeOf } from '../im.ts'
import { remember } from '../memory.ts'
import type { Dialog, State, Theme } from '../model.ts'
import type { Store } from '../store.ts'
import { type Language, type Say, sayIn, sayWhy, type Word } from '../words.ts'

/** How long messages of the page itself stay, in milliseconds. */
const NOTICE = 4_000

/** Page is the page itself: its language, its dialogs, and what it tells the user. */
export class Page {
  readonly #store: Store<State>
  #noticeEnds: ReturnType<typeof setTimeout> | undefined

  constructor(store: Store<State>) {
    this.#store = store
  }

  get say(): Say {
    return sayIn(this.#store.value.language)
  }

  show(dialog: Dialog | undefined): void {
    this.#store.set({ dialog })
  }

  /** choose begins or ends choosing messages, or changes which are chosen. */
  choose(ids: ReadonlySet<string> | undefined): void {
    this.#store.set({ chosen: ids })
  }

  setLanguage(language: Language): void {
    remember('language', language)
    this.#store.set({ language })
  }

  setTheme(theme: Theme): void {
    remember('theme', theme)
    this.#store.set({ theme })
  }

  /** announce tells screen readers. */
  announce(said: string): void {
    this.#store.set({ said })
  }

  /** notify tells the user that something was done. */
  notify(word: Word): void {
    this.#notice(this.say(word), false)
  }

  /** complain tells the user what went wrong. */
  complain(problem: unknown): void {
    this.#notice(this.why(problem), true)
  }

  /** dismiss takes away what was told. */
  dismiss(): void {
    this.#store.set({ notice: undefined })
  }

  /** why is what went wrong, in words. */
  why(problem: unknown): string {
    const text = problem instanceof Error ? problem.message : String(problem)
    const code = codeOf(problem)
    return code === 0 ? text : sayWhy(this.say, code, text)
  }

  /** attempt does work, tells the user when it fails, and reports whether it did not. */
  async attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      this.complain(error)
      return false
    }
  }

  #notice(text: string, bad: boolean): void {
    clearTimeout(this.#noticeEnds)
    this.#store.set({ notice: { text, bad } })
    this.#noticeEnds = setTimeout(() => this.dismiss(), bad ? 2 * NOTICE : NOTICE)
  }
}
