/** ErrorCode names the results of this client. The numbers are the protocol's and never change. */
export const ErrorCode = {
  TIMEOUT: -1,
  SUCCESS: 0,
  REJECTED_BY_BLACKLIST: 405,
  NOT_IN_WHITELIST: 407,
  MESSAGE_SIZE_EXCEEDED: 20115,
  SEND_FREQUENCY_TOO_FAST: 20604,
  NOT_IN_GROUP: 22406,
  NOT_IN_CHATROOM: 23406,
  RC_NET_CHANNEL_INVALID: 30001,
  RC_NAVI_REQ_FAILED: 30007,
  RC_SOCKET_NOT_CREATED: 30010,
  RC_SOCKET_DISCONNECTED: 30011,
  RC_PING_EXCEED_LIMIT: 30012,
  RC_MSG_CONTENT_EXCEED_LIMIT: 30016,
  RC_CONN_ACK_TIMEOUT: 31000,
  RC_CONN_PROTO_VERSION_ERROR: 31001,
  RC_CONN_SERVER_UNAVAILABLE: 31003,
  RC_CONN_TOKEN_INCORRECT: 31004,
  RC_CONN_REDIRECTED: 31006,
  RC_CONN_USER_BLOCKED: 31009,
  RC_DISCONN_KICK: 31010,
  RC_DISCONN_EXCEPTION: 31011,
  RC_CONN_TOKEN_EXPIRED: 31020,
  RC_ACCOUNT_CANCELLATION: 31029,
  RC_LICENSE_EXPIRED: 31030,
  RC_MSG_DATA_INCOMPLETE: 32002,
  BIZ_ERROR_INVALID_PARAMETER: 33003,
  BIZ_ERROR_CONNECTING: 33006,
  RC_CONNECTION_EXIST: 34001,
  CONVERSATION_TYPE_NOT_SUPPORT: 34201,
  INVALID_PARAMETER_TARGET_ID: 34210,
  INVALID_PARAMETER_COUNT: 34232,
  SERVER_UNAVAILABLE: 35008,
} as const

const names: ReadonlyMap<number, string> = new Map(Object.entries(ErrorCode).map(([name, code]) => [code, name]))

/** codeName is the name of code, or its number where it has none here. */
export function codeName(code: number): string {
  return names.get(code) ?? String(code)
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
