/**
 * The enumerations of the API. As with an enum of TypeScript, the names of
 * numbers can be looked up, ConversationType[1] is 'PRIVATE', except in those
 * that are here.
 */

import type { Value } from './enumeration.ts'
import type { LogL } from './generated/enums.ts'

export * from './generated/enums.ts'

/** InterruptionLevel is how much a notification of iOS may disturb. */
export const InterruptionLevel = {
  PASSIVE: 'passive',
  ACTIVE: 'active',
  TIME_SENSITIVE: 'time-sensitive',
  CRITICAL: 'critical',
} as const
export type InterruptionLevel = Value<typeof InterruptionLevel>

/** PushImportanceHonor is the importance of a notification of Honor devices. */
export const PushImportanceHonor = { NORMAL: 'NORMAL', LOW: 'LOW' } as const
export type PushImportanceHonor = Value<typeof PushImportanceHonor>

export type EnableLogL = LogL

/** ConnectType named transports; there is one, WebSocket. */
export const ConnectType = { COMET: '_', WEBSOCKET: '_' } as const

/** MessageAuditType says whether a message is reviewed. */
export const MessageAuditType = { DISALLOW: 0, ALLOW: 1 } as const
export type MessageAuditType = Value<typeof MessageAuditType>

/** UserType tells people from robots. */
export const UserType = { NORMAL: 0, ROBOT: 1 } as const
export type UserType = Value<typeof UserType>

/** ReferenceMessageStatus is what became of the message that a ReferenceMessage shows. */
export const ReferenceMessageStatus = { DEFAULT: 0, MODIFIED: 1, RECALLED: 2, DELETE: 3 } as const
export type ReferenceMessageStatus = Value<typeof ReferenceMessageStatus>

/** QuoteMessageStatus is what became of a quoted message. */
export const QuoteMessageStatus = { DEFAULT: 0, DELETED: 1, RECALLED: 2 } as const
export type QuoteMessageStatus = Value<typeof QuoteMessageStatus>
