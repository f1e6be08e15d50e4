/** The bits of DownMessage.extStatus. */

export const interrupted = 2
export const modified = 4
export const privateChannel = 8
export const status = 64
