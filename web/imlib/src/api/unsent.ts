import { check, integer, listOf } from '../arguments.ts'
import type { Client } from '../client.ts'
import { call } from '../current.ts'
import { durable } from '../durable.ts'
import type { RCResult } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import type { IAReceivedMessage } from '../received.ts'

/** unsent makes the browser keep what was not accepted for the next page. */
export function unsent(client: Client): void {
  const keeper = durable()
  if (keeper) client.keep(keeper)
}

/**
 * getUnsentMessages is what the server has not accepted of the user's
 * messages, oldest first: those of earlier pages and of other tabs, too. With
 * sentStatus SENDING one is being sent by itself, and SEND_FINISHED tells what
 * becomes of it; with FAILED it was given up, and waits for resendMessage,
 * for removeUnsentMessages, or until it is as old as giveUpAfter allows.
 * Where the browser keeps nothing it is what this page is sending.
 */
export function getUnsentMessages(): Promise<RCResult<IAReceivedMessage[]>> {
  return call((client) => client.unsent())
}

/** resendMessage sends one of the unsent messages again, as it was, and resolves as sendMessage does. */
export function resendMessage(messageId: number): Promise<RCResult<IAReceivedMessage>> {
  return call((client) => {
    check('messageId', messageId, integer(1), codes.INVALID_PARAMETER_MESSAGE_ID)
    return client.resend(messageId)
  })
}

/**
 * removeUnsentMessages forgets unsent messages. The send of one that is being
 * sent resolves with RC_MSG_SEND_FAIL; it may have been accepted all the same.
 */
export function removeUnsentMessages(messageIds: readonly number[]): Promise<RCResult> {
  return call((client) => {
    check('messageIds', messageIds, listOf(integer(1)), codes.INVALID_PARAMETER_MESSAGE_ID)
    return client.discard(messageIds)
  })
}
