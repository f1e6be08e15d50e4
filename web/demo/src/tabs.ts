import type { Pane } from './pane.ts'
import { nameOf, type Person } from './people.ts'
import { say } from './strings.ts'
import { fromTemplate, part } from './template.ts'

interface Tab {
  person: Person
  pane: Pane
  button: HTMLElement
  unread: number
}

/**
 * Tabs choose the pane that a narrow screen shows; a wide one shows both and
 * hides the tabs. They are operated as the tabs of the ARIA practices are:
 * arrows move, and only the chosen one is in the tab order.
 */
export class Tabs {
  readonly #list: HTMLElement
  readonly #tabs: Tab[] = []
  #chosen = 0

  constructor(list: HTMLElement) {
    this.#list = list
    list.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
      event.preventDefault()
      this.#choose((this.#chosen + 1) % this.#tabs.length) // of two tabs, the next is the other one either way
      this.#tabs[this.#chosen]?.button.focus()
    })
  }

  add(person: Person, pane: Pane): void {
    const button = fromTemplate('tab')
    const at = this.#tabs.length
    button.id = `tab-${person.id}`
    button.dataset['person'] = person.id
    button.setAttribute('aria-controls', pane.element.id)
    button.addEventListener('click', () => this.#choose(at))
    const tab = { person, pane, button, unread: 0 }
    pane.onArrival = (count) => this.#arrived(tab, count)
    this.#tabs.push(tab)
    this.#list.append(button)
    this.#show()
  }

  /** translate shows the names in the language of the page. */
  translate(): void {
    this.#show()
  }

  #choose(at: number): void {
    this.#chosen = at
    this.#show()
  }

  #arrived(tab: Tab, count: number): void {
    tab.unread += count
    this.#show()
  }

  #show(): void {
    this.#tabs.forEach((tab, at) => {
      const chosen = at === this.#chosen
      if (chosen) tab.unread = 0
      tab.button.ariaSelected = String(chosen)
      tab.button.tabIndex = chosen ? 0 : -1
      tab.pane.element.classList.toggle('chosen', chosen)
      part(tab.button, '.avatar').textContent = tab.person.glyph
      part(tab.button, '.name').textContent = nameOf(tab.person)
      const badge = part(tab.button, '.badge')
      badge.hidden = tab.unread === 0
      badge.textContent = String(tab.unread)
      badge.ariaLabel = say('unread', { count: String(tab.unread) })
    })
  }
}
