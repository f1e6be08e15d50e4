/** What the server hints at by s_cmd. */

export const entries = 2
export const states = 3
export const roomGone = 4
export const ultraMessages = 6
export const ultraChanges = 7
export const events = 11
export const edits = 12
export const unread = 13
