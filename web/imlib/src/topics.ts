import type { ConversationType } from './enums.ts'
import { Refused } from './errors.ts'
import * as codes from './generated/codes.ts'
import { CHATROOM, GROUP, PRIVATE, SYSTEM, ULTRA_GROUP } from './wire/numbers.ts'

/** Topics are the names the protocol has for what a conversation type can do. */
export interface Topics {
  readonly send: string
  /** For messages that nobody stores or acknowledges; absent where there are none. */
  readonly status?: string
  readonly history: string
}

/** PULL asks for what the user has not received. */
export const PULL = 'pullMsg'

/** Topics of what the server sends by itself. */
export const TICK = 's_tick'
export const HINT = 's_ntf'
export const STATUS = 's_msg'

const topics: { readonly [type: number]: Topics } = {
  [PRIVATE]: { send: 'ppMsgP', status: 'ppMsgS', history: 'qryPMsg' },
  [GROUP]: { send: 'pgMsgP', status: 'pgMsgS', history: 'qryGMsg' },
  [CHATROOM]: { send: 'chatMsg', history: 'qryCHMsg' },
  [SYSTEM]: { send: 'pbMsgP', history: 'qrySMsg' },
  [ULTRA_GROUP]: { send: 'ugMsg', history: 'qryUgMsg' },
}

/** topicsOf throws Refused for a conversation type that servers of this package do not have. */
export function topicsOf(type: ConversationType): Topics {
  const found = topics[type]
  if (found) return found
  throw new Refused(codes.CONVERSATION_TYPE_NOT_SUPPORT)
}
