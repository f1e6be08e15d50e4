import { enumeration, type Enumeration, type Value } from './enums.ts'
import { codeTexts, ErrorCode as codes } from './generated/codes.ts'
import { say } from './language.ts'

/** ErrorCode names the results of operations, and each number its name. */
export const ErrorCode: Enumeration<typeof codes> = /* @__PURE__ */ enumeration(codes)
export type ErrorCode = Value<typeof codes>

/** codeName is the name of code, or its number where it has none here. */
export function codeName(code: number): string {
  return ErrorCode[code] ?? String(code)
}

/** codeText says what code means, empty where nothing is known but the name. */
export function codeText(code: number): string {
  const [en, zh] = codeTexts[code] ?? ['', '']
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
