import type { IInitOption } from './client.ts'
import { explain } from './corecodes.ts'
import { start } from './start.ts'

export * from './all.ts'

/** init says which app of which server the page belongs to. It comes before every other call. */
export function init(options: IInitOption): void {
  start(options)
  import('./generated/texts.ts').then(({ codeTexts }) => explain(codeTexts), () => {})
}
