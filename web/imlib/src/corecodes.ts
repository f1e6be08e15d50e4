import { type Enumeration, enumeration, numbered, type Value } from './enumeration.ts'
import * as codes from './generated/codes.ts'
import { type GivenCodes, givenNames } from './generated/codes.ts'
import { say } from './language.ts'

/** ErrorCode names the results that this client or its server gives, and each number its name. */
export const ErrorCode: Enumeration<GivenCodes> = /* @__PURE__ */ enumeration<GivenCodes>(givenNames)
export type ErrorCode = Value<GivenCodes>

type Names = { readonly [code: number]: string }
type Texts = readonly [english: string, chinese: string]

let names: Names = ErrorCode
let texts: Texts = ['', '']

/** speak gives the codes more names. They are most of a bundle that has them, so the core goes without, as without texts. */
export function speak(allNames: Names): void {
  names = allNames
}

/** explain gives the codes texts, which may be loaded later: until then there are the names. */
export function explain(codeTexts: Texts): void {
  texts = codeTexts
}

/** codeName is the name of code, or its number where it has none here. */
export function codeName(code: number): string {
  return names[code] ?? String(code)
}

/** codeText says what code means, empty where nothing is known but the name. */
export function codeText(code: number): string {
  const line = numbered(givenNames).findIndex(([, number]) => number === code)
  const [en = '', zh = ''] = texts.map((lines) => lines.split('\n')[line])
  return say({ en, zh })
}

/** connackCode is the result of a handshake that was answered with status. */
export function connackCode(status: number): number {
  if (status === 0) return codes.SUCCESS
  if (status <= 9) return 31000 + status
  if (status <= 20) return 31010 + status
  return codes.RC_CONN_SERVER_UNAVAILABLE
}

/** disconnectCode is why the server ended the session with status. */
export function disconnectCode(status: number): number {
  switch (status) {
    case 1: return codes.RC_DISCONN_KICK
    case 6: return codes.RC_CONN_REDIRECTED
    case 7: return codes.RC_CONN_TOKEN_EXPIRED
    case 8: return codes.RC_CONN_PROTO_VERSION_ERROR
    case 9: return codes.RC_ACCOUNT_CANCELLATION
    default: return codes.RC_DISCONN_EXCEPTION
  }
}

const transient: readonly number[] = [
  codes.TIMEOUT,
  codes.RC_NAVI_REQ_FAILED,
  codes.RC_SOCKET_NOT_CREATED,
  codes.RC_SOCKET_DISCONNECTED,
  codes.RC_PING_EXCEED_LIMIT,
  codes.RC_CONN_ACK_TIMEOUT,
  codes.RC_CONN_SERVER_UNAVAILABLE,
  codes.RC_CONN_REDIRECTED,
  codes.SERVER_UNAVAILABLE,
]

/** isTransient reports whether a connection that ended with code is worth another attempt. */
export function isTransient(code: number): boolean {
  return transient.includes(code)
}
