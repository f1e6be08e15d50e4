/** The bits of UpMessage.optionBits and DownMessage.optionBits. */

export const notLatest = 1
export const wantsReceipt = 2
export const receiptSent = 4
