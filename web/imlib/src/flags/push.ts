/** The bits of UpMessage.configFlag and DownMessage.configFlag. */

export const voip = 1
export const skipLists = 2
export const untitled = 4
export const detailed = 8
