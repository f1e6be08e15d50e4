import { check, name } from '../arguments.ts'
import { call, client, end } from '../current.ts'
import type { RCConnectionStatus } from '../enums.ts'
import type { RCResult } from '../errors.ts'
import * as codes from '../generated/codes.ts'

/**
 * connect resolves once the server has accepted or refused the token. After it
 * was accepted, a connection that is lost comes back by itself. The second
 * argument is for other platforms and without effect, as the first of disconnect.
 */
export function connect(token: string, _reconnectKickEnable?: boolean): Promise<RCResult<{ userId: string }>> {
  return call((client) => {
    check('token', token, name, codes.RC_CONN_TOKEN_INCORRECT)
    return client.connect(token)
  })
}

/**
 * disconnect ends the connection. What was not acknowledged has failed when it
 * resolves. With disablePush the user leaves for good: chatrooms at once.
 */
export async function disconnect(_closeDB?: boolean, disablePush?: boolean): Promise<void> {
  client().disconnect(disablePush)
}

/** destroy undoes init: it ends the connection and forgets every listener. */
export async function destroy(): Promise<void> {
  end()
}

/** getConnectionStatus is the state of the connection. */
export function getConnectionStatus(): RCConnectionStatus {
  return client().status
}

/** getCurrentUserId is the user who is connected or about to be again; empty if nobody is. */
export function getCurrentUserId(): string {
  return client().userId
}

/** getDeviceId is the server's name of this page. */
export function getDeviceId(): string {
  return client().deviceId
}

/** getServerTime is the server's clock as this page reckons it, in milliseconds since 1970. */
export function getServerTime(): number {
  return client().serverTime()
}
