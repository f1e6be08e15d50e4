import { SentStatus } from '@hongyan/imlib'
import { Chat, type Connection, type Entry } from './chat.ts'
import { nameOf, type Person } from './people.ts'
import { language, say, sayWhy, translate, type Word } from './strings.ts'
import { fromTemplate, part } from './template.ts'

/** How near to its end a conversation counts as read to the end, in pixels. */
const NEAR = 80

/** Pane shows one user's side of the conversation. */
export class Pane {
  readonly element: HTMLElement
  /** Called with the number of messages that have arrived. */
  onArrival: (count: number) => void = () => {}

  readonly #me: Person
  readonly #peer: Person
  readonly #chat: Chat
  readonly #scroll: HTMLElement
  readonly #log: HTMLElement
  readonly #input: HTMLTextAreaElement
  readonly #jump: HTMLButtonElement
  readonly #lines = new Map<Entry, HTMLElement>()
  /** Whether the end of the conversation is in view, and to be kept there. */
  #following = true

  constructor(me: Person, peer: Person) {
    this.#me = me
    this.#peer = peer
    this.element = fromTemplate('pane')
    this.element.id = `pane-${me.id}`
    this.element.dataset['person'] = me.id
    this.#scroll = part(this.element, '.scroll')
    this.#log = part(this.element, '.log')
    this.#input = part<HTMLTextAreaElement>(this.element, 'textarea')
    this.#jump = part<HTMLButtonElement>(this.element, '.jump')
    this.#chat = new Chat(me, peer, {
      connection: () => this.#showConnection(),
      entries: () => this.#showEntries(),
      arrived: (count) => this.#arrived(count),
      typing: () => this.#showTyping(),
    })
    this.#listen()
    this.translate()
  }

  start(): void {
    void this.#chat.connect()
  }

  focus(): void {
    this.#input.focus()
  }

  /** translate shows everything in the language of the page. */
  translate(): void {
    translate(this.element)
    part(this.element, '.avatar').textContent = this.#me.glyph
    part(this.element, '.name').textContent = nameOf(this.#me)
    this.element.ariaLabel = nameOf(this.#me)
    this.#scroll.ariaLabel = say('peer', { name: nameOf(this.#peer) })
    this.#input.ariaLabel = say('write', { name: nameOf(this.#peer) })
    this.#showConnection()
    this.#showTyping()
    this.#showEntries()
  }

  #listen(): void {
    const on = <E extends HTMLElement>(element: E, event: string, act: () => void): void =>
      element.addEventListener(event, act)
    on(part(this.element, '.switch'), 'click', () => this.#switch())
    on(part(this.element, '.earlier'), 'click', () => void this.#showEarlier())
    on(this.#jump, 'click', () => this.#toEnd())
    on(this.#scroll, 'scroll', () => {
      this.#following = this.#atEnd()
      if (this.#following) this.#jump.hidden = true
    })
    // The space changes with the keyboard of a phone, with the input, and with the tabs.
    new ResizeObserver(() => this.#follow()).observe(this.#scroll)
    on(this.#input, 'input', () => {
      this.#fit()
      if (this.#input.value !== '') this.#chat.typing()
    })
    this.#input.addEventListener('keydown', (event) => {
      // Enter that ends the composition of a Chinese word is not for us.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
      event.preventDefault()
      this.#submit()
    })
    part(this.element, 'form').addEventListener('submit', (event) => {
      event.preventDefault()
      this.#submit()
      this.#input.focus()
    })
  }

  #submit(): void {
    const text = this.#input.value.trim()
    if (text === '' || !canSend(this.#chat.connection)) return
    this.#input.value = ''
    this.#fit()
    void this.#chat.send(text)
    this.#toEnd()
  }

  #switch(): void {
    if (canSend(this.#chat.connection)) this.#chat.disconnect()
    else void this.#chat.connect()
  }

  async #showEarlier(): Promise<void> {
    const fromEnd = this.#scroll.scrollHeight - this.#scroll.scrollTop
    await this.#chat.loadEarlier()
    this.#scroll.scrollTop = this.#scroll.scrollHeight - fromEnd
  }

  #showConnection(): void {
    const { connection, code } = this.#chat
    this.element.dataset['connection'] = connection
    part(this.element, '.state-text').textContent = say(connection, { reason: sayWhy(code) })
    const change = part<HTMLButtonElement>(this.element, '.switch')
    change.textContent = say(canSend(connection) ? 'goOffline' : 'goOnline')
    change.disabled = connection === 'connecting'
    part<HTMLButtonElement>(this.element, '.send').disabled = !canSend(connection)
  }

  #showTyping(): void {
    const line = part(this.element, '.typing')
    line.textContent = this.#chat.peerTyping ? say('isTyping', { name: nameOf(this.#peer) }) : ''
    line.classList.toggle('shown', this.#chat.peerTyping)
  }

  #showEntries(): void {
    let day = ''
    this.#chat.entries.forEach((entry, place) => {
      const line = this.#line(entry)
      if (this.#log.children[place] !== line) this.#log.insertBefore(line, this.#log.children[place] ?? null)
      const itsDay = new Date(entry.time).toDateString()
      this.#showEntry(line, entry, itsDay === day ? '' : dayText(entry.time))
      day = itsDay
    })
    part(this.element, '.empty').hidden = this.#chat.entries.length > 0 || this.#chat.connection === 'connecting'
    part(this.element, '.earlier').hidden = !this.#chat.hasEarlier
    this.#follow()
  }

  #line(entry: Entry): HTMLElement {
    const known = this.#lines.get(entry)
    if (known !== undefined) return known
    const line = fromTemplate('entry')
    part(line, '.resend').addEventListener('click', () => void this.#chat.resend(entry))
    this.#lines.set(entry, line)
    return line
  }

  #showEntry(line: HTMLElement, entry: Entry, day: string): void {
    const failed = entry.status === SentStatus.FAILED
    line.classList.toggle('own', entry.own)
    line.dataset['status'] = statusWord(entry)
    write(part(line, '.from'), entry.own ? say('you') : nameOf(this.#peer))
    write(part(line, '.text'), entry.text)
    const time = part<HTMLTimeElement>(line, 'time')
    time.dateTime = new Date(entry.time).toISOString()
    write(time, clock(entry.time))
    write(part(line, '.status'), entry.own ? say(statusWord(entry), { reason: sayWhy(entry.code) }) : '')
    const resend = part(line, '.resend')
    resend.hidden = !failed
    write(resend, say('resend'))
    const heading = part(line, '.day')
    heading.hidden = day === ''
    write(heading, day)
  }

  #arrived(count: number): void {
    this.onArrival(count)
    if (!this.#following) this.#jump.hidden = false
  }

  #atEnd(): boolean {
    return this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight < NEAR
  }

  #follow(): void {
    if (this.#following) this.#toEnd()
  }

  #toEnd(): void {
    this.#following = true
    this.#scroll.scrollTop = this.#scroll.scrollHeight
    this.#jump.hidden = true
  }

  /** fit makes the input as high as its text, within the limits of the style. */
  #fit(): void {
    this.#input.style.height = 'auto'
    this.#input.style.height = `${this.#input.scrollHeight}px`
  }
}

/** canSend reports whether a message given to the client now will be sent, at once or after the reconnect. */
function canSend(connection: Connection): boolean {
  return connection === 'online' || connection === 'reconnecting'
}

function statusWord(entry: Entry): Word {
  switch (entry.status) {
    case SentStatus.SENDING: return 'sending'
    case SentStatus.FAILED: return 'notSent'
    default: return 'sent'
  }
}

/** write spares screen readers a text that did not change. */
function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

function clock(time: number): string {
  return new Intl.DateTimeFormat(language(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(time)
}

function dayText(time: number): string {
  const day = new Date(time).toDateString()
  if (day === new Date().toDateString()) return say('today')
  if (day === new Date(Date.now() - 86_400_000).toDateString()) return say('yesterday')
  return new Intl.DateTimeFormat(language(), { dateStyle: 'long' }).format(time)
}
