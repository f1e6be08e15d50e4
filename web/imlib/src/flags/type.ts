/** What the types of messages say of them. */

export const persisted = 1
export const counted = 2
export const status = 4
