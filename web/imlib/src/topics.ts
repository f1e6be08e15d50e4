import { ErrorCode } from './codes.ts'
import { Refused } from './errors.ts'
import { ConversationType } from './messages.ts'

/** Topics are the names the protocol has for what a conversation type can do. */
export interface Topics {
  readonly send: string
  /** For messages that nobody stores or acknowledges. */
  readonly status: string
  readonly history: string
}

/** PULL asks for what the user has not received. */
export const PULL = 'pullMsg'

/** Topics of what the server sends by itself. */
export const TICK = 's_tick'
export const HINT = 's_ntf'
export const STATUS = 's_msg'

const topics: ReadonlyMap<ConversationType, Topics> = new Map([
  [ConversationType.PRIVATE, { send: 'ppMsgP', status: 'ppMsgS', history: 'qryPMsg' }],
  [ConversationType.GROUP, { send: 'pgMsgP', status: 'pgMsgS', history: 'qryGMsg' }],
])

/** topicsOf throws Refused for a conversation type that this client does not speak. */
export function topicsOf(type: ConversationType): Topics {
  const found = topics.get(type)
  if (found === undefined) throw new Refused(ErrorCode.CONVERSATION_TYPE_NOT_SUPPORT)
  return found
}
