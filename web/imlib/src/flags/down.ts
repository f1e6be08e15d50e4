/** The bits of DownMessage.status: those of UpMessage.flags, shifted to the left, and one more. */

export const shift = 4
export const retrieved = 2
