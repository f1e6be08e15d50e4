import { type Enumeration, enumeration, type Value } from './enumeration.ts'
import { givenCodes } from './generated/codes.ts'
import { say } from './language.ts'

/** ErrorCode names the results that this client or its server gives, and each number its name. */
export const ErrorCode: Enumeration<typeof givenCodes> = /* @__PURE__ */ enumeration<typeof givenCodes>(givenCodes)
export type ErrorCode = Value<typeof givenCodes>

type Names = { readonly [code: number]: string }
type Texts = { readonly [code: number]: readonly [english: string, chinese: string] }

let names: Names = ErrorCode
let texts: Texts = {}

/**
 * speak gives the codes more names at once, and texts when they have loaded:
 * until then, and without them, there are the names. Both are most of a bundle
 * that has them, so the core goes without.
 */
export function speak(allNames: Names, load: () => Promise<{ codeTexts: Texts }>): void {
  names = allNames
  load().then(
    ({ codeTexts }) => (texts = codeTexts),
    () => {},
  )
}

/** codeName is the name of code, or its number where it has none here. */
export function codeName(code: number): string {
  return names[code] ?? String(code)
}

/** codeText says what code means, empty where nothing is known but the name. */
export function codeText(code: number): string {
  const [en, zh] = texts[code] ?? ['', '']
  return say({ en, zh })
}

/** connackCode is the result of a handshake that was answered with status. */
export function connackCode(status: number): number {
  if (status === 0) return ErrorCode.SUCCESS
  if (status <= 9) return 31000 + status
  if (status <= 20) return 31010 + status
  return ErrorCode.RC_CONN_SERVER_UNAVAILABLE
}

/** disconnectCode is why the server ended the session with status. */
export function disconnectCode(status: number): number {
  switch (status) {
    case 1: return ErrorCode.RC_DISCONN_KICK
    case 6: return ErrorCode.RC_CONN_REDIRECTED
    case 7: return ErrorCode.RC_CONN_TOKEN_EXPIRED
    case 8: return ErrorCode.RC_CONN_PROTO_VERSION_ERROR
    case 9: return ErrorCode.RC_ACCOUNT_CANCELLATION
    default: return ErrorCode.RC_DISCONN_EXCEPTION
  }
}

const transient: ReadonlySet<number> = new Set([
  ErrorCode.TIMEOUT,
  ErrorCode.RC_NAVI_REQ_FAILED,
  ErrorCode.RC_SOCKET_NOT_CREATED,
  ErrorCode.RC_SOCKET_DISCONNECTED,
  ErrorCode.RC_PING_EXCEED_LIMIT,
  ErrorCode.RC_CONN_ACK_TIMEOUT,
  ErrorCode.RC_CONN_SERVER_UNAVAILABLE,
  ErrorCode.RC_CONN_REDIRECTED,
  ErrorCode.SERVER_UNAVAILABLE,
])

/** isTransient reports whether a connection that ended with code is worth another attempt. */
export function isTransient(code: number): boolean {
  return transient.has(code)
}
