/** The bits of DownMessage.status. */

export const retrieved = 2
export const persisted = 16
export const counted = 32
export const mentioned = 64
export const silent = 512
export const expandable = 1024
