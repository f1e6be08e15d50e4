import type { DownMessage } from './generated/wire.ts'

/** How many of the newest messages are remembered. */
const REMEMBERED = 2_000

/**
 * Seen knows a message that came before under another messageUId: its sender
 * sent it again to a server that makes two of it. A sender names its messages
 * (clientUniqueId), but with few random bits, so what is the same has the same
 * content, too.
 */
export class Seen {
  readonly #names = new Map<string, string>()

  /** repeats reports whether down is another copy of a message that came before. */
  repeats(down: DownMessage): boolean {
    const { type, fromUserId, groupId, busChannel, direction, clientUniqueId, className, content, msgId = '' } = down
    if (!clientUniqueId) return false
    const name = `${clientUniqueId} ${hash(JSON.stringify([type, fromUserId, groupId, busChannel, direction, className, content]))}`
    const first = this.#names.get(name)
    if (first !== undefined) return first !== msgId
    this.#names.set(name, msgId)
    for (const oldest of this.#names.keys()) {
      if (this.#names.size <= REMEMBERED) break
      this.#names.delete(oldest)
    }
    return false
  }
}

/** hash is 64 bits of FNV-1a, as two halves that begin differently. */
function hash(text: string): string {
  let a = 0x811c9dc5
  let b = 0x01000193
  for (let at = 0; at < text.length; at++) {
    a = Math.imul(a ^ text.charCodeAt(at), 0x01000193)
    b = Math.imul(b ^ text.charCodeAt(at), 0x85ebca6b)
  }
  return `${a}${b}`
}
