import type { IAReceivedMessage } from './received.ts'

/** How many of the newest messages are remembered. */
const REMEMBERED = 2_000

/**
 * seen makes repeats, which reports whether a message came before under another
 * messageUId: its sender sent it again to a server that makes two of it. A
 * sender names its messages, but with few random bits, so what is the same has
 * the same key (sendKey), too.
 */
export function seen(): (message: IAReceivedMessage, key: string) => boolean {
  const names = new Map<string, string>()
  return ({ messageId, senderUserId, messageUId }, key) => {
    if (!messageId) return false
    const name = `${messageId} ${hash(senderUserId + key)}`
    const first = names.get(name)
    if (first !== undefined) return first !== messageUId
    names.set(name, messageUId)
    const [oldest] = names.keys()
    if (oldest && names.size > REMEMBERED) names.delete(oldest)
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
