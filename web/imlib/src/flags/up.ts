/** The bits of UpMessage.flags. */

export const persisted = 1
export const counted = 2
export const mentioned = 4
export const silent = 32
export const expandable = 64
