import { check, id } from '../arguments.ts'
import { ask } from '../ask.ts'
import type { Client } from '../client.ts'
import { call } from '../current.ts'
import type { RCResult } from '../errors.ts'
import * as codes from '../generated/codes.ts'
import { Blacklist } from '../generated/wire.ts'

/** change asks for userId to be refused, or not any more. */
function change(topic: string, userId: string): Promise<RCResult> {
  return call((client) => {
    checkUser(userId)
    return ask(client, topic, Blacklist, { userId: [userId] })
  })
}

function checkUser(userId: string): void {
  check('userId', userId, id, codes.INVALID_PARAMETER_USER_ID)
}

async function list(client: Client): Promise<string[]> {
  return (await ask(client, 'qryBlacklist', Blacklist, {}, Blacklist)).userId
}

/** addToBlacklist refuses a user's private messages: who sends one is told 405. */
export function addToBlacklist(userId: string): Promise<RCResult> {
  return change('addBlacklist', userId)
}

/** removeFromBlacklist takes them again. */
export function removeFromBlacklist(userId: string): Promise<RCResult> {
  return change('delBlacklist', userId)
}

/** getBlacklist resolves with whom the user refuses. */
export function getBlacklist(): Promise<RCResult<string[]>> {
  return call(list)
}

/** getBlacklistStatus resolves with whether the user refuses another. */
export function getBlacklistStatus(userId: string): Promise<RCResult<boolean>> {
  return call(async (client) => {
    checkUser(userId)
    return (await list(client)).includes(userId)
  })
}
